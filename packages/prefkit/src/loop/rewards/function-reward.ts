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

/**
 * A function of one's own as a reward, synchronous or not. True is 1, false 0; nothing is NaN, which leaves the response to the
 * other rewards.
 * @returns a reward that throws what the function throws.
 */
export const functionReward = (
  name: string,
  score: ScoreResponse,
  { weight }: Pick<RewardOptions, 'weight'> = {},
): RewardFunction =>
  rewardOf(name, { weight }, async (rollouts, options = {}) => {
    const given = await Promise.all(rollouts.map(async (rollout) => score(rollout, options)))
    return { scores: given.map((value) => Number(value ?? Number.NaN)) }
  })
