import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from '../prompts/prompt'
import type { Rollout } from '../rollouts/rollout'

/** What a critic reads before the tokens of a response: it must not depend on these, as a value is of what is not known yet. */
export type CriticPrompt = (rollout: Pick<Rollout, 'prompt'>) => ArrayLike<number>

/** Value without ground truth (2504.04950): the critic reads the prompt as the policy does. */
export const promptAlone: CriticPrompt = ({ prompt }) => prompt.tokens

/** Options of {@link valueWithAnchor}. */
export interface ValueWithAnchorOptions {
  /** Tokens after each anchor, such as those of a line break where an anchor does not end itself. Default: none. */
  readonly separator?: readonly number[]
  /**
   * Tokens of prompt, anchors and separators together, at most: what the critic's context leaves beside the longest response.
   * Anchors that are too long for it lose their ends, the longest first. Default: none is cut, and the critic refuses what its
   * context does not hold.
   */
  readonly maxTokens?: number
}

/** Tokens that each may keep so that all together keep no more than `room`: the longest give way first. */
function longestKept(lengths: readonly number[], room: number): number {
  const kept = (most: number) => lengths.reduce((sum, length) => sum + Math.min(length, most), 0)
  let most = Math.max(...lengths)
  while (most > 0 && kept(most) > room) most--
  return most
}

function anchorsOf({ id, anchors = [] }: LoopPrompt) {
  if (anchors.length > 0) return anchors
  const message = `criticPrompt: expected an anchor for the critic to read, got none for prompt ${id}`
  throw new PrefkitError('INVALID_CONFIG', message)
}

/**
 * Value with ground truth (2504.04950): the critic reads the prompt, what the response is to beat, then the response: (q, y*,
 * separator, y_<t). Of several anchors it reads all, one after the other with the separator after each, as the reward is made of all.
 * @throws PrefkitError `INVALID_CONFIG`, when it is used: for a prompt without anchors; where `maxTokens` leaves no room for a token of
 *   each anchor.
 */
export const valueWithAnchor =
  ({ separator = [], maxTokens = Number.POSITIVE_INFINITY }: ValueWithAnchorOptions = {}): CriticPrompt =>
  ({ prompt }) => {
    const anchors = anchorsOf(prompt)
    const room = maxTokens - prompt.tokens.length - anchors.length * separator.length
    const most = longestKept(
      anchors.map(({ tokens }) => tokens.length),
      room,
    )
    if (most < 1) {
      const expected = `expected room for ${anchors.length} anchors beside a prompt of ${prompt.tokens.length} tokens`
      throw new PrefkitError('INVALID_CONFIG', `criticPrompt: maxTokens: ${expected}, got ${maxTokens}`)
    }
    return [...prompt.tokens, ...anchors.flatMap(({ tokens }) => [...tokens.slice(0, most), ...separator])]
  }
