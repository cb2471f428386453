import { checkNames, checkRange } from '../check-options'

/** Options of {@link orderConsistencyBound}. */
export interface OrderConsistencyOptions {
  /** ξ(Δr) in [½, 1]: the probability that the label is correct. */
  quality: number
  /** ε in [0, 1]: the probability, at most, that the model orders the pair differently from the label. */
  error: number
}

/** Lower bounds on the probability that a model orders a pair as the oracle does. */
export interface OrderConsistencyBound {
  /** The paper's: (1 − ε) ξ² + ε (1 − ξ)². */
  readonly bound: number
  /** The largest bound there is, whatever the errors of model and label have to do with each other: max(0, ξ − ε). */
  readonly sharpBound: number
}

/**
 * How often a model that fits noisy labels up to error ε orders pairs of difference Δr as the oracle does: P(Ĥ·Δr ≥ 0
 * | Δr) ≥ (1 − ε) ξ² + ε (1 − ξ)².
 *
 * The bound is not sharp: P(Ĥ right) ≥ P(label right) − P(Ĥ ≠ label) = ξ − ε, which some model attains, is larger by
 * (1 − ξ)(ξ − 2ε). It needs a small ε, as the proposition says: from ε > ¼ on there are ξ < 2ε for which it is above
 * what is attained, such as ξ = 0.5 and ε = 0.4.
 *
 * Source: 2411.04991, Proposition 9. Proven against its equation: both bounds on simulated models and annotators, and
 * the model that attains the sharp one.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function orderConsistencyBound(options: OrderConsistencyOptions): OrderConsistencyBound {
  checkNames('orderConsistencyBound', options, { quality: true, error: true })
  const { quality, error } = options
  checkRange('quality', quality, 0.5, 1)
  checkRange('error', error, 0, 1)
  return {
    bound: (1 - error) * quality ** 2 + error * (1 - quality) ** 2,
    sharpBound: Math.max(0, quality - error),
  }
}

/** Options of {@link populationOrderConsistencyBound}. */
export interface PopulationOrderConsistencyOptions {
  /** ε in [0, 0.2]: as in `orderConsistencyBound`, for all pairs but a share δ. */
  error: number
  /** κ in [0, 1]: share of pairs whose labels are worse than the quality asked for. Default: 0. */
  kappa?: number
  /** δ in [0, 1]: share of pairs on which the model fits labels worse than ε. Default: 0. */
  delta?: number
}

/** What {@link populationOrderConsistencyBound} gives. */
export interface PopulationOrderConsistencyBound {
  /** 1 − 4ε − κ − δ, or 0 where that is negative. */
  readonly bound: number
  /** ξ that all pairs but a share κ need for it: where Proposition 9's bound reaches 1 − 4ε. */
  readonly requiredQuality: number
  /** ξ that is enough by the sharp bound ξ − ε: 1 − 3ε, or ½ where that is less. */
  readonly sharpRequiredQuality: number
}

/**
 * How often, over all pairs, a model that fits noisy labels orders as the oracle does: at least 1 − 4ε − κ − δ, if
 * all labels but a share κ are correct with probability ξ ≥ ε + √(ε² − 5ε + 1).
 *
 * That ξ is where (1 − ε) ξ² + ε (1 − ξ)² = 1 − 4ε; the sharp bound of `orderConsistencyBound` asks for 1 − 3ε only.
 *
 * Source: 2411.04991, the second part of Proposition 9; the quality asked for is solved from its first part. Proven
 * against its equation and simulated models and annotators.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function populationOrderConsistencyBound(
  options: PopulationOrderConsistencyOptions,
): PopulationOrderConsistencyBound {
  checkNames('populationOrderConsistencyBound', options, { error: true, kappa: true, delta: true })
  const { error, kappa = 0, delta = 0 } = options
  checkRange('error', error, 0, 0.2)
  checkRange('kappa', kappa, 0, 1)
  checkRange('delta', delta, 0, 1)
  return {
    bound: Math.max(0, 1 - 4 * error - kappa - delta),
    requiredQuality: Math.max(0.5, error + Math.sqrt(Math.max(0, error ** 2 - 5 * error + 1))),
    sharpRequiredQuality: Math.max(0.5, 1 - 3 * error),
  }
}
