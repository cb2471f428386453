import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import { describeRollout } from './describe-rollout'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** What a function says of a response: a number, whether it is right, or nothing. */
export type ResponseReward = number | boolean | null | undefined

/** Scores one response: its text, its prompt and the fields of the prompt's row. */
export type ScoreResponse = (
  rollout: Rollout,
  options: { readonly signal?: AbortSignal },
) => ResponseReward | Promise<ResponseReward>

/**
 * @throws PrefkitError `BAD_REWARD` naming the response, for what is no score: a list or a text would count as a number, or as none; NaN
 *   is what a sum with a mistake in it comes to.
 */
function scoreOf(value: unknown, rollout: Rollout): number {
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'boolean' || Number.isFinite(value)) return Number(value)
  const kind = Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const got = typeof value === 'number' ? String(value) : kind
  const problem = `expected a number, true, false, or nothing where there is no score, got ${got}`
  throw new PrefkitError('BAD_REWARD', `${problem} for ${describeRollout(rollout)}`)
}

/** @throws PrefkitError `BAD_REWARD` naming the response, with what the function throws as the cause. */
async function scored(
  score: ScoreResponse,
  rollout: Rollout,
  run: Parameters<ScoreResponse>[1],
): Promise<number> {
  const value = await Promise.resolve()
    .then(() => score(rollout, run))
    .catch((cause: unknown) => {
      if (run.signal?.aborted) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new PrefkitError('BAD_REWARD', `${reason}; it was given ${describeRollout(rollout)}`, { cause })
    })
  return scoreOf(value, rollout)
}

/**
 * A function of one's own as a reward, synchronous or not. True is 1, false 0; nothing leaves the response to the other
 * rewards.
 * @returns a reward that throws PrefkitError `BAD_REWARD` where the function throws, or gives something else, NaN among it.
 */
export const functionReward = (
  name: string,
  score: ScoreResponse,
  { weight }: Pick<RewardOptions, 'weight'> = {},
): RewardFunction =>
  rewardOf(name, { weight }, async (rollouts, run = {}) => ({
    scores: await Promise.all(rollouts.map((rollout) => scored(score, rollout, run))),
  }))
