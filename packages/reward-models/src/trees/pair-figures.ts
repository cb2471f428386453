import type { Objective } from '../common-options'

/** Pairs as positions of scores. */
export interface ScoredPairs {
  readonly chosen: ArrayLike<number>
  readonly rejected: ArrayLike<number>
  /** Probability that the chosen response is the preferred one. Default: 1. */
  readonly preference?: ArrayLike<number> | undefined
}

/** Figures of pairs, as `BatchMetrics`. */
export interface PairFigures {
  readonly loss: number
  readonly accuracy: number
  readonly margin: number
}

/** log(1 + eˣ), for any x. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** −t log σ(x) − (1 − t) log σ(−x). */
const logistic = (x: number, t: number): number => softplus(x) - t * x

/** Loss of a pair with the scores c and r, whose first response is the preferred one with probability t. */
const pairLosses: Readonly<Record<Objective, (c: number, r: number, t: number) => number>> = {
  bt: (c, r, t) => logistic(c - r, t),
  clf: (c, r, t) => (logistic(c, t) + logistic(-r, t)) / 2,
}

/**
 * Mean loss, accuracy and margin of pairs, in f64: what `bradleyTerryLoss` and `classificationLoss` of `@prefkit/losses`
 * come to. `loss` knows of label smoothing, the others do not. Undefined without pairs.
 */
export function pairFigures(
  scores: ArrayLike<number>,
  { chosen, rejected, preference }: ScoredPairs,
  { objective, labelSmoothing }: { readonly objective: Objective; readonly labelSmoothing: number },
): PairFigures | undefined {
  const pairs = chosen.length
  if (pairs === 0) return undefined
  const lossOf = pairLosses[objective]
  let [loss, right, margin] = [0, 0, 0]
  for (let i = 0; i < pairs; i++) {
    const p = preference?.[i] ?? 1
    const [c, r] = [scores[chosen[i]!]!, scores[rejected[i]!]!]
    loss += lossOf(c, r, smoothed(p, labelSmoothing))
    right += p === 0.5 ? 0.5 : Number((c - r) * (p - 0.5) > 0)
    margin += (c - r) * Math.sign(p - 0.5)
  }
  return { loss: loss / pairs, accuracy: right / pairs, margin: margin / pairs }
}

/** The probability p where a share ε of the labels is flipped. */
export const smoothed = (p: number, epsilon: number): number => p * (1 - epsilon) + (1 - p) * epsilon
