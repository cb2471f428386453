import type { Vector, VectorLike } from '../arrays'
import { checkNames, checkNonNegative, choose } from '../check-options'
import { checkFinite, readVector, vectorLike } from '../rows'

/**
 * How a response's score becomes its weight. `pow`: |R|^power. `max-min`: 1 for the best and the worst, 0 for all others.
 * `max-random`: 0.4 for the best, 0.1 for all others.
 */
export type PfPpoMethod = 'pow' | 'max-min' | 'max-random'

/** Options of {@link pfPpoWeights}. */
export interface PfPpoOptions {
  /** How a score becomes a weight. Default: `pow`. */
  method?: PfPpoMethod
  /** The exponent of `pow`, 0 or more. Default: 2. */
  power?: number
}

/** The weight of a score, given the lowest and the highest score. */
type Weigh = (score: number, range: { low: number; high: number }, power: number) => number

const methods: Readonly<Record<PfPpoMethod, Weigh>> = {
  pow: (score, _, power) => Math.abs(score) ** power,
  'max-min': (score, { low, high }) => (score === low || score === high ? 1 : 0),
  'max-random': (score, { high }) => (score === high ? 0.4 : 0.1),
}

/**
 * Policy filtration (PF-PPO): the weights for resampling a batch with replacement, so that the policy learns more from
 * responses whose rewards are reliable. 1e-8 is added to each weight, so that every response can be drawn.
 *
 * Source: 2409.06957. Proven against verl 0.9.1 (`compute_pf_ppo_reweight_data`).
 *
 * @param scores `[B]`, the rewards of the responses.
 * @returns `[B]`, weights above 0 that need not sum to 1, in the form of `scores`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function pfPpoWeights<V extends Vector>(scores: V, options: PfPpoOptions = {}): VectorLike<V> {
  return vectorLike(scores, weightsOf('pfPpoWeights', scores, options))
}

/** The weights of {@link pfPpoWeights}, for the function that names itself. */
export function weightsOf(owner: string, scores: Vector, options: PfPpoOptions): Float64Array {
  checkNames(owner, options, { method: true, power: true })
  const { method = 'pow', power = 2 } = options
  checkNonNegative('power', power)
  const weigh = choose('method', method, methods)
  const read = readVector('scores', scores)
  checkFinite('scores', read)
  const low = read.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY)
  const high = read.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)
  return read.map((score) => weigh(score, { low, high }, power) + 1e-8)
}
