import {
  generalizedAdvantageEstimation,
  type KlEstimator,
  klPenalizedRewards,
  type WhiteningConvention,
  whiten,
} from '@prefkit/advantages'
import type { StepMetrics } from '../step-record'

/** How {@link ppoTargets} weighs what it is given. */
export interface PpoTargetOptions {
  /** β ≥ 0: weight of the divergence from the reference in the reward of each token. */
  readonly klWeight: number
  readonly klEstimator: KlEstimator
  /** γ in [0, 1]. */
  readonly gamma: number
  /** λ in [0, 1]. */
  readonly lambda: number
  /** Whose way, or false for none. */
  readonly whitenAdvantages: WhiteningConvention | false
  /** Whose way, or false for none; the mean stays. */
  readonly whitenRewards: WhiteningConvention | false
}

/** What was drawn, as numbers: of each response, or a row for each with a number for each of its tokens. */
export interface PpoTargetInputs {
  readonly scores: readonly number[]
  /** What the critic learns from in their place. Default: the scores. */
  readonly valueScores?: readonly number[]
  /** log π_old. */
  readonly logProbs: readonly Float32Array[]
  /** log π_ref. Default: nobody has asked, as β is 0: no penalty, and no `objective/kl`. */
  readonly refLogProbs?: readonly Float32Array[] | undefined
  /** V before the update. */
  readonly values: readonly Float32Array[]
}

/** What policy and critic learn. */
export interface PpoTargets {
  readonly advantages: readonly Float64Array[]
  readonly returns: readonly Float64Array[]
  /** KL(π_old ‖ π_ref) of a response as it was estimated, in the mean. */
  readonly kl: number
  /** `objective/*` and `value/explained_variance`. */
  readonly metrics: StepMetrics
}

type Rows = readonly Float64Array[]

const sumOf = (values: ArrayLike<number>): number => Array.prototype.reduce.call(values, add, 0) as number
const add = (sum: unknown, value: number) => (sum as number) + value
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length

function varianceOf(rows: Rows): number {
  const values = rows.flatMap((row) => [...row])
  const mean = meanOf(values)
  return meanOf(values.map((value) => (value - mean) ** 2))
}

/** 1 − Var(R − V)/Var(R) over tokens: 1 where values are right, 0 where they say no more than a constant. None where all R are equal. */
function explainedVariance(returns: Rows, values: Rows): StepMetrics {
  const spread = varianceOf(returns)
  if (spread === 0) return {}
  const errors = returns.map((row, i) => row.map((each, t) => each - values[i]![t]!))
  return { 'value/explained_variance': 1 - varianceOf(errors) / spread }
}

/** {@link whiten}, which knows no deviation of one number alone: it is taken for 0, as that of equal ones is. */
function whitened(
  rows: Rows,
  options: { readonly convention: WhiteningConvention; readonly shiftMean: boolean },
): Rows {
  if (rows.reduce((sum, { length }) => sum + length, 0) > 1) return whiten(rows, options)
  return options.shiftMean ? rows.map((row) => row.map(() => 0)) : rows
}

/**
 * What PPO learns from scored responses: rewards of tokens, −β·k(log π_old − log π_ref) with the score added on the last, their
 * generalised advantages, and the returns that the critic learns. What comes after a response is worth 0, also where it was cut off.
 *
 * Where the critic has scores of its own, advantages are of the scores and returns of these, with the same values and penalties.
 */
export function ppoTargets(inputs: PpoTargetInputs, options: PpoTargetOptions): PpoTargets {
  const { scores, valueScores = scores, refLogProbs = inputs.logProbs } = inputs
  const { klWeight, klEstimator: estimator, gamma, lambda, whitenAdvantages, whitenRewards } = options
  const exact = (rows: readonly Float32Array[]): Rows => rows.map((row) => Float64Array.from(row))
  const [logprobs, refLogprobs, values] = [inputs.logProbs, refLogProbs, inputs.values].map(exact) as [
    Rows,
    Rows,
    Rows,
  ]
  const estimate = (rewards: readonly number[]) => {
    const penalized = klPenalizedRewards({ rewards, logprobs, refLogprobs }, { klWeight, estimator })
    const given = whitenRewards
      ? whitened(penalized.rewards, { shiftMean: false, convention: whitenRewards })
      : penalized.rewards
    return {
      kl: penalized.kl,
      ...generalizedAdvantageEstimation({ rewards: given, values }, { gamma, lambda }),
    }
  }
  const { kl: klOfTokens, advantages, returns: ownReturns } = estimate(scores)
  const returns = valueScores === scores ? ownReturns : estimate(valueScores).returns
  const kl = meanOf(klOfTokens.map(sumOf))
  const score = meanOf(scores)
  return {
    advantages: whitenAdvantages
      ? whitened(advantages, { shiftMean: true, convention: whitenAdvantages })
      : advantages,
    returns,
    kl,
    metrics: {
      ...(inputs.refLogProbs && { 'objective/kl': kl }),
      'objective/non_score_reward': -klWeight * kl,
      'objective/rlhf_reward': score - klWeight * kl,
      'objective/scores': score,
      ...explainedVariance(returns, values),
    },
  }
}
