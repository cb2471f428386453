import { PrefkitError } from '../../prefkit-error'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** Options of {@link formatReward}. */
export interface FormatRewardOptions extends RewardOptions {
  /** Names of the tags, in their order, such as `['think', 'answer']`. */
  readonly tags: readonly string[]
}

/** Whether a text is these tags in this order, each once and with something in it, and nothing else but white space. */
function hasTags(text: string, tags: readonly string[]): boolean {
  const parts = tags.map((tag) => `<${tag}>([\\s\\S]*?)</${tag}>`)
  const match = new RegExp(`^\\s*${parts.join('\\s*')}\\s*$`, 'u').exec(text)
  if (match === null) return false
  const mark = new RegExp(`</?(?:${tags.join('|')})>`, 'u')
  return match.slice(1).every((part) => part.trim() !== '' && !mark.test(part))
}

/**
 * 1 for responses that are some tags in order, each once and not empty, with nothing around them; 0 for the others. Logs
 * `share_<tag>`, the share of responses that have each tag at all, which says what is missing.
 * @throws PrefkitError `INVALID_CONFIG` for no tags, a name that no tag may have, one that occurs twice.
 */
export function formatReward({ tags, ...options }: FormatRewardOptions): RewardFunction {
  const name = options.name ?? 'format'
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${name}: tags: ${problem}`)
  }
  if (tags.length === 0) refuse('expected at least one, got none')
  const wrong = tags.find((tag) => !/^[\p{L}\p{N}_-]+$/u.test(tag))
  if (wrong !== undefined) refuse(`expected letters, digits, _ and -, got ${JSON.stringify(wrong)}`)
  if (new Set(tags).size < tags.length) refuse(`expected each once, got ${tags.join(', ')}`)
  return rewardOf(name, options, async (rollouts) => ({
    scores: rollouts.map(({ text }) => Number(hasTags(text, tags))),
    metrics: Object.fromEntries(
      tags.map((tag) => {
        const having = rollouts.filter(({ text }) => text.includes(`<${tag}>`) && text.includes(`</${tag}>`))
        return [`share_${tag}`, having.length / rollouts.length]
      }),
    ),
  }))
}
