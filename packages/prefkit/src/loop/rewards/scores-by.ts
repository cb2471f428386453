import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import { describeRollout } from './describe-rollout'
import type { RewardFunction, RewardScores } from './reward-function'

/** What a reward is called in messages: where its settings stand, its name and its type. */
const titleOf = ({ name, origin }: RewardFunction): string =>
  origin ? `${origin.place}: ${name} (type ${origin.type})` : `rewards: ${name}`

function requireScores(
  reward: RewardFunction,
  scores: readonly number[],
  rollouts: readonly Rollout[],
): void {
  if (!Array.isArray(scores) || scores.length !== rollouts.length) {
    const got = Array.isArray(scores) ? `${scores.length} scores` : `no list of scores, but ${typeof scores},`
    throw new PrefkitError('BAD_REWARD', `${titleOf(reward)}: gave ${got} of ${rollouts.length} responses`)
  }
  const at = scores.findIndex((score) => typeof score !== 'number' || Math.abs(score) === Infinity)
  if (at < 0) return
  const problem = `expected a number, or NaN for none, got ${scores[at]} for ${describeRollout(rollouts[at]!)}`
  throw new PrefkitError('BAD_REWARD', `${titleOf(reward)}: ${problem}`)
}

/** What it was asked about; those of this package's own say so themselves. */
function askedAbout(cause: unknown, rollouts: readonly Rollout[]): string {
  const [first] = rollouts
  if (!first || PrefkitError.isInstance(cause)) return ''
  const amount = rollouts.length === 1 ? '' : `${rollouts.length} responses, the first of them `
  return `; it was given ${amount}${describeRollout(first)}`
}

/**
 * What a reward gives for responses.
 * @throws PrefkitError that says which reward fails, with its error as the cause: `BAD_REWARD`, or the code that this has;
 *   `BAD_REWARD` for numbers too many or too few, or infinite ones; the signal's reason.
 */
export async function scoresBy(
  reward: RewardFunction,
  rollouts: readonly Rollout[],
  signal?: AbortSignal,
): Promise<RewardScores> {
  const given = await Promise.resolve()
    .then(() => reward.score(rollouts, signal ? { signal } : {}))
    .catch((cause: unknown) => {
      if (signal?.aborted) throw cause
      const message = cause instanceof Error ? cause.message : String(cause)
      const reason = message.startsWith(`${reward.name}: `) ? message.slice(reward.name.length + 2) : message
      const code = PrefkitError.isInstance(cause) ? cause.code : 'BAD_REWARD'
      throw new PrefkitError(code, `${titleOf(reward)}: ${reason}${askedAbout(cause, rollouts)}`, { cause })
    })
  requireScores(reward, given?.scores, rollouts)
  return given
}
