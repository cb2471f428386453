import { checkConfidence, checkFinite, checkList, checkNotEmpty } from './check-input'
import type { Interval } from './wilson-interval'

/** A mean with its interval. */
export interface MeanInterval extends Interval {
  mean: number
  /** How many values it is of. */
  count: number
}

/**
 * P(|T| ≤ t) of Student's t with ν degrees of freedom, for t = √ν·tan θ: a finite sum where ν is an integer.
 * Abramowitz and Stegun, 26.7.3 and 26.7.4.
 */
function centralProbability(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const isOdd = freedom % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = 0
  for (let power = isOdd ? 1 : 0; power <= freedom - 2; power += 2) {
    sum += term
    term *= ((power + 1) / (power + 2)) * cosine * cosine
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

/** The t with P(|T| ≤ t) = `confidence`, for an integer ν ≥ 1; by halving, to the last digits. Not exported by the package. */
export function studentQuantile(confidence: number, freedom: number): number {
  let [low, high] = [0, Math.PI / 2]
  for (let halving = 0; halving < 64; halving++) {
    const middle = (low + high) / 2
    if (centralProbability(middle, freedom) < confidence) low = middle
    else high = middle
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2)
}

/**
 * Student's interval of a mean: x̄ ± t·s/√n, with t of n − 1 degrees of freedom and s over n − 1. For a few independent values that are
 * about normal, such as results of several seeds, where percentile intervals of {@link bootstrapInterval} are too narrow. Student
 * (1908), Biometrika 6(1). One value says nothing of its spread: its interval is unbounded.
 *
 * @param values finite; independent
 * @param confidence between 0 and 1, default 0.95
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): MeanInterval {
  checkList('values', values)
  checkConfidence(confidence)
  checkNotEmpty('values', values)
  checkFinite('values', values)
  const count = values.length
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / count
  const squares = Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const half =
    count === 1
      ? Number.POSITIVE_INFINITY
      : studentQuantile(confidence, count - 1) * Math.sqrt(squares / (count - 1) / count)
  return { mean, low: mean - half, high: mean + half, confidence, count }
}
