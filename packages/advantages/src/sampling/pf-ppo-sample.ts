import { AdvantageError } from '../advantage-error'
import type { Vector } from '../arrays'
import { checkFinite, readVector } from '../rows'
import { type PfPpoOptions, weightsOf } from './pf-ppo-weights'

/** Cumulative shares of the weights; the last is exactly 1. Throws `OVERFLOW`. */
function cumulate(weights: Float64Array): Float64Array {
  let sum = 0
  const sums = weights.map((weight) => {
    sum += weight
    return sum
  })
  if (sum > Number.MAX_VALUE) {
    const message = `the sum of the weights is ${sum}; expected scores whose weights have a finite sum`
    throw new AdvantageError('OVERFLOW', 'scores', message)
  }
  return sums.map((part, i) => (i === sums.length - 1 ? 1 : part / sum))
}

/** The first index whose cumulative share is at least `draw`. */
function firstAtLeast(shares: Float64Array, draw: number): number {
  let [low, high] = [0, shares.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (shares[middle]! < draw) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Policy filtration (PF-PPO): resamples a batch with replacement, with probabilities proportional to `pfPpoWeights`.
 *
 * The caller gives the random numbers, from any seeded generator: one for each response of the new batch, which in verl is
 * as large as the old one. Each number draws the first response at which the cumulative share of the weights reaches it.
 *
 * Source: 2409.06957. Proven against verl 0.9.1 (`compute_pf_ppo_reweight_data`), given the random numbers
 * that PyTorch drew.
 *
 * @param scores `[B]`, the rewards of the responses.
 * @param uniforms `[N]`, random numbers in [0, 1).
 * @returns `[N]`, indices of the responses drawn, in the order of `uniforms`.
 * @throws AdvantageError `TOO_FEW` for draws from no responses; `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`,
 *   `OUT_OF_RANGE` for the random numbers, `INVALID_OPTION`, `OVERFLOW`.
 */
export function pfPpoSample(scores: Vector, uniforms: Vector, options: PfPpoOptions = {}): number[] {
  const weights = weightsOf('pfPpoSample', scores, options)
  const draws = readVector('uniforms', uniforms)
  checkFinite('uniforms', draws)
  const at = draws.findIndex((draw) => draw < 0 || draw >= 1)
  if (at !== -1) {
    const message = `uniforms[${at}] is ${draws[at]}; expected a number of at least 0 and below 1`
    throw new AdvantageError('OUT_OF_RANGE', `uniforms[${at}]`, message)
  }
  if (weights.length === 0 && draws.length > 0) {
    const message = `scores is empty; expected at least one, to draw ${draws.length} from`
    throw new AdvantageError('TOO_FEW', 'scores', message)
  }
  const shares = cumulate(weights)
  return Array.from(draws, (draw) => firstAtLeast(shares, draw))
}
