import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** What a function says of a response: a number, whether it is right, or nothing. */
export type ResponseReward = number | boolean | null | undefined

/** Scores one response: its text, its prompt and the fields of the prompt's row. */
export type ScoreResponse = (
  rollout: Rollout,
  options: { readonly signal?: AbortSignal },
) => ResponseReward | Promise<ResponseReward>

/** @throws PrefkitError `BAD_REWARD` naming the prompt, for what is no score: a list or a text would count as a number, or as none. */
function scoreOf(value: unknown, { prompt }: Rollout): number {
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  const got = Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const problem = `expected a number, true, false or nothing for a response, got ${got}`
  throw new PrefkitError('BAD_REWARD', `${problem}, for prompt ${prompt.id}`)
}

/**
 * A function of one's own as a reward, synchronous or not. True is 1, false 0; nothing is NaN, which leaves the response to the
 * other rewards.
 * @returns a reward that throws what the function throws, and PrefkitError `BAD_REWARD` where it gives something else.
 */
export const functionReward = (
  name: string,
  score: ScoreResponse,
  { weight }: Pick<RewardOptions, 'weight'> = {},
): RewardFunction =>
  rewardOf(name, { weight }, async (rollouts, options = {}) => {
    const given = await Promise.all(rollouts.map(async (rollout) => score(rollout, options)))
    return { scores: given.map((value, i) => scoreOf(value, rollouts[i]!)) }
  })
