import type { Generator } from '../random/streams'

/** Comparisons that have outcomes: 1, 0 or ½ for the first. */
export interface Answered {
  readonly first: readonly number[]
  readonly second: readonly number[]
  readonly outcomes: readonly number[]
}

/** What one more comparison of known weight has taught: variances of other differences fall by scale·covariance². */
export interface Learned {
  readonly scale: number
  /** Covariance of a row's reward with the difference compared, before the comparison. */
  readonly covarianceWith: (row: number) => number
}

/** How well differences of rewards are known; it grows with the comparisons it learns of. */
export interface Information {
  /** Variance of the difference of two rows' rewards, before it has learned of any. */
  readonly variance: (a: number, b: number) => number
  /** Adds weight·δδᵀ, δ being the difference of two rows, to the information: a rank-one update. */
  readonly learn: (a: number, b: number, weight: number) => Learned
}

/** A Gaussian approximation of what rewards are, given the labels so far (Laplace's). */
export interface RewardPosterior {
  readonly mean: (row: number) => number
  /** Rewards drawn jointly. A row may be asked for once. */
  readonly draw: (generator: Generator) => (row: number) => number
  /** Information with, or without, that of past labels. */
  readonly information: (pastAware: boolean) => Information
}
