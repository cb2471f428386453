import {
  type CosineLengthOptions,
  cosineLengthRewards,
  type MissingEosOptions,
  missingEosRewards,
  type OverlongOptions,
  overlongPenalties,
  type RepetitionOptions,
  repetitionPenalties,
  type StopProperlyOptions,
  stopProperlyRewards,
} from '@prefkit/advantages'
import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

const lengthsOf = (rollouts: readonly Rollout[]): number[] => rollouts.map(({ tokens }) => tokens.length)

/**
 * DAPO's soft overlong punishment: 0, then falling to −`factor` over the last `band` of `maxLength` tokens; see
 * `overlongPenalties`.
 * @returns a reward that throws AdvantageError for options.
 */
export const overlongReward = ({
  name,
  weight,
  ...options
}: OverlongOptions & RewardOptions): RewardFunction =>
  rewardOf('overlong', { name, weight }, async (rollouts) => ({
    scores: overlongPenalties(lengthsOf(rollouts), options),
  }))

/** Options of {@link cosineLengthReward}. */
export interface CosineLengthRewardOptions extends CosineLengthOptions, RewardOptions {
  /** Says which responses are correct: those that it scores above `above`. It is not logged itself. */
  readonly correct: RewardFunction
  /** Default: 0. */
  readonly above?: number
}

/**
 * Rewards by length along half a cosine: of correct responses the shorter are better, of wrong ones the longer; see
 * `cosineLengthRewards`. Logs `correct`, the share that is. NaN where `correct` has nothing to say.
 * @returns a reward that throws AdvantageError for options, and what `correct` throws.
 */
export function cosineLengthReward(given: CosineLengthRewardOptions): RewardFunction {
  const { correct, above = 0, name, weight, ...options } = given
  return rewardOf('cosineLength', { name, weight }, async (rollouts, run) => {
    const { scores } = await correct.score(rollouts, run)
    const right = scores.map((score) => score > above)
    const rewards = cosineLengthRewards(lengthsOf(rollouts), right, options)
    return {
      scores: rewards.map((reward, i) => (Number.isNaN(scores[i]) ? Number.NaN : reward)),
      metrics: { correct: right.filter(Boolean).length / right.length },
    }
  })
}

/**
 * A penalty for n-grams of tokens that occur again: `maxPenalty` times the share that does; see `repetitionPenalties`.
 * @returns a reward that throws AdvantageError for options.
 */
export const repetitionReward = ({
  name,
  weight,
  ...options
}: Omit<RepetitionOptions, 'mask'> & RewardOptions = {}): RewardFunction =>
  rewardOf('repetition', { name, weight }, async (rollouts) => ({
    scores: repetitionPenalties(
      rollouts.map(({ tokens }) => tokens),
      options,
    ),
  }))

/**
 * −`penalty` for responses that were cut off before they ended, 0 for the others; see `missingEosRewards`.
 * @returns a reward that throws AdvantageError for options.
 */
export const missingEosReward = ({
  name,
  weight,
  ...options
}: MissingEosOptions & RewardOptions): RewardFunction =>
  rewardOf('missingEos', { name, weight }, async (rollouts) => ({
    scores: missingEosRewards(
      rollouts.map(() => 0),
      rollouts.map(({ finishReason }) => finishReason !== 'length'),
      options,
    ),
  }))

/** Options of {@link perTokenReward}. */
export interface PerTokenRewardOptions extends RewardOptions {
  /** What a token costs, a number; below 0 it is worth that much. */
  readonly penalty: number
}

/** −`penalty` for each token of a response. @throws PrefkitError `INVALID_CONFIG` for what is no number. */
export function perTokenReward({
  penalty,
  name = 'perToken',
  weight,
  ...rest
}: PerTokenRewardOptions): RewardFunction {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${name}: ${problem}`)
  }
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) refuse(`has no option ${unknown}; expected penalty`)
  if (!Number.isFinite(penalty)) refuse(`penalty: expected a number, got ${penalty}`)
  // Without a penalty 0 − 0·L is 0, not −0.
  return rewardOf(name, { weight }, async (rollouts) => ({
    scores: lengthsOf(rollouts).map((length) => 0 - penalty * length),
  }))
}

/**
 * A reward that is lowered for responses that were cut off: by a factor from 0 to 1, or to a number below 0; see
 * `stopProperlyRewards`. Name, weight, origin and metrics stay those of the reward.
 * @returns a reward that throws AdvantageError for options, and what the reward throws.
 */
export const stopProperly = (reward: RewardFunction, options: StopProperlyOptions): RewardFunction => ({
  ...reward,
  async score(rollouts, run) {
    const { scores, ...more } = await reward.score(rollouts, run)
    const known = scores.map((score) => (Number.isNaN(score) ? 0 : score))
    const lowered = stopProperlyRewards(
      known,
      rollouts.map(({ finishReason }) => finishReason === 'length'),
      options,
    )
    return { scores: lowered.map((score, i) => (Number.isNaN(scores[i]) ? Number.NaN : score)), ...more }
  },
})
