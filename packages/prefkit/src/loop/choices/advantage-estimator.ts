import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'

/** A part of what responses are rewarded for. */
export type RewardPart = Pick<RewardFunction, 'name' | 'weight'>

/** What an estimator sees of a step. */
export interface AdvantageInputs {
  /** Those of one prompt one after the other, each with a reward that is a number; its parts may be NaN. */
  readonly rollouts: readonly ScoredRollout[]
  /** Which prompt each rollout answers: equal numbers for one prompt. Some may have fewer rollouts than others, as what has no score is left out. */
  readonly groups: readonly number[]
  /** By which the rewards of the rollouts were made, in their order. */
  readonly rewards: readonly RewardPart[]
  /** β of a penalty that is taken off the rewards; the log-probabilities are then there. Default: 0. */
  readonly klWeight?: number
  /** log π_old of each token. */
  readonly oldLogProbs?: readonly Float32Array[]
  /** log π_ref of each token. */
  readonly refLogProbs?: readonly Float32Array[]
}

/** How much better than expected the tokens of each rollout are: a row for each, a number for each of its tokens. */
export type AdvantageEstimator = (inputs: AdvantageInputs) => readonly ArrayLike<number>[]
