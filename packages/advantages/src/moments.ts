import { AdvantageError } from './advantage-error'

/** Mean and standard deviation. */
export interface Moments {
  readonly mean: number
  /** Over n − 1, or n for a population; 0 where n is 1. */
  readonly deviation: number
}

/** Mean of values[i], i in `members`, of which there is at least one; of equal values exactly their value. */
export function meanOf(values: Float64Array, members: Int32Array): number {
  const first = values[members[0]!]!
  let [sum, equal] = [0, true]
  for (let k = 0; k < members.length; k++) {
    const value = values[members[k]!]!
    sum += value
    if (value !== first) equal = false
  }
  return equal ? first : sum / members.length
}

/**
 * Moments of values[i], i in `members`, of which there is at least one. Equal values have exactly themselves as mean, and
 * deviation 0: rounding would leave a small deviation, and a division by it would make the rounding large. Throws
 * `OVERFLOW`.
 *
 * @param ddof the deviation is over n − ddof: 1 for that of a sample, 0 for that of a population.
 */
export function momentsOf(values: Float64Array, members: Int32Array, ddof: 0 | 1 = 1): Moments {
  const count = members.length
  const mean = meanOf(values, members)
  let squares = 0
  for (let k = 0; k < count; k++) {
    const difference = values[members[k]!]! - mean
    squares += difference * difference
  }
  if (!Number.isFinite(squares)) {
    const message = `the variance of rewards is ${squares}; expected rewards whose squares are finite`
    throw new AdvantageError('OVERFLOW', 'rewards', message)
  }
  return { mean, deviation: Math.sqrt(squares / (count - ddof)) }
}
