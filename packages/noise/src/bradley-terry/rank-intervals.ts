import { checkInteger, checkNames, choose } from '../check-options'
import { semidefiniteFactor } from '../mathematics/cholesky'
import { normalQuantile } from '../mathematics/normal-quantile'
import { normalsFrom } from '../random/gaussian-draws'
import { uniformsFrom } from '../random/streams'
import { checkConfidence, quantile } from './bradley-terry-intervals'
import type { BradleyTerryFit } from './fit-bradley-terry'
import type { Player } from './paired-comparisons'
import { type UncertaintyOptions, uncertaintyNames, uncertaintyOf } from './uncertainty'

/** Options of {@link rankIntervals}. */
export interface RankIntervalOptions extends UncertaintyOptions {
  /** Probability that all ranks together are within their intervals, between 0 and 1. Default: 0.95. */
  confidence?: number
  /**
   * How far apart two strengths must be to count as different: `max-t`, a quantile of the largest of all standardised
   * differences, simulated; `bonferroni`, which needs no simulation and is wider. Default: `max-t`.
   */
  critical?: 'max-t' | 'bonferroni'
  /** Simulated differences for `max-t`, ≥ 1. Default: 10,000. */
  draws?: number
}

/** Ranks, 1 for the strongest. */
export interface RankIntervals {
  readonly players: readonly Player[]
  /** By estimated strength; players alike share the better rank. */
  readonly ranks: Int32Array
  /** Best and worst rank of each player that the data leave open. */
  readonly best: Int32Array
  readonly worst: Int32Array
  /** Standard errors between two strengths from which on one is stronger. */
  readonly criticalValue: number
  readonly confidence: number
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x72616e6b

/** Standard error of each difference, `[players, players]`. */
function differenceErrors(covariance: Float64Array, players: number): Float64Array {
  const errors = new Float64Array(players * players)
  for (let i = 0; i < players; i++) {
    for (let j = 0; j < players; j++) {
      const at = (row: number, column: number) => covariance[row * players + column]!
      const variance = at(i, i) + at(j, j) - 2 * at(i, j)
      // What rounding leaves of a difference that cannot vary, as of players with the same covariates, is none.
      errors[i * players + j] = variance > 1e-12 * (at(i, i) + at(j, j)) ? Math.sqrt(variance) : 0
    }
  }
  return errors
}

/** The largest standardised difference of two among the values. */
function largestT(values: Float64Array, errors: Float64Array): number {
  let largest = 0
  for (let i = 1; i < values.length; i++) {
    for (let j = 0; j < i; j++) {
      const error = errors[i * values.length + j]!
      if (error === 0) continue
      const t = Math.abs(values[i]! - values[j]!) / error
      if (t > largest) largest = t
    }
  }
  return largest
}

/** Quantile of the largest |Zᵢ − Zⱼ|/sᵢⱼ, Z being Gaussian with the strengths' covariance. */
function maxT(
  covariance: Float64Array,
  errors: Float64Array,
  { players, confidence, draws, seed }: { players: number; confidence: number; draws: number; seed: number },
): number {
  const factor = semidefiniteFactor(covariance, players)
  const normal = normalsFrom(uniformsFrom([PURPOSE, seed]))
  const independent = new Float64Array(players)
  const values = new Float64Array(players)
  const largest = Float64Array.from({ length: draws }, () => {
    for (let i = 0; i < players; i++) independent[i] = normal()
    for (let i = 0; i < players; i++) {
      let sum = 0
      for (let k = 0; k <= i; k++) sum += factor[i * players + k]! * independent[k]!
      values[i] = sum
    }
    return largestT(values, errors)
  })
  return quantile(largest.sort(), confidence)
}

/**
 * An interval for each player's rank, such that all of them hold together with the probability asked for. Strengths i and
 * j differ where |θ̂ᵢ − θ̂ⱼ| > c·sᵢⱼ, and c is chosen so that all differences' intervals cover at once: then
 * a rank lies between 1 + the number of players that are stronger for sure and n − the number that are weaker. Coverage
 * is at least as asked for, in large samples.
 *
 * Source: Klein, Wright and Wieczorek 2020 (ranks from simultaneous intervals); Mogstad, Romano, Shaikh and Wilhelm 2024
 * (differences, `max-t`, here in one step). Proven against its definition, and by coverage in simulation.
 *
 * @throws NoiseError as `bradleyTerryIntervals`.
 */
export function rankIntervals(fit: BradleyTerryFit, options: RankIntervalOptions = {}): RankIntervals {
  checkNames('rankIntervals', options, { ...uncertaintyNames, confidence: true, critical: true, draws: true })
  const { confidence = 0.95, critical = 'max-t', draws = 10_000, ...how } = options
  checkConfidence(confidence)
  checkInteger('draws', draws, 1)
  const covariance = uncertaintyOf(fit, how).strengths
  const { players, strengths } = fit
  const errors = differenceErrors(covariance, players.length)
  const pairs = (players.length * (players.length - 1)) / 2
  const criticalValue = choose('critical', critical, {
    'max-t': () =>
      maxT(covariance, errors, { players: players.length, confidence, draws, seed: how.seed ?? 0 }),
    bonferroni: () => -normalQuantile((1 - confidence) / (2 * pairs)),
  })()
  const count = (test: (j: number) => boolean) =>
    players.reduce((sum: number, _, j) => sum + Number(test(j)), 0)
  const lead = (i: number, j: number) => strengths[i]! - strengths[j]!
  const reach = (i: number, j: number) => criticalValue * errors[i * players.length + j]!
  // A lead that cannot vary may be rounding; between players alike it says nothing.
  const surely = (i: number, j: number) => errors[i * players.length + j]! > 0 && lead(i, j) > reach(i, j)
  return {
    players,
    ranks: Int32Array.from(players, (_, i) => 1 + count((j) => lead(j, i) > 0)),
    best: Int32Array.from(players, (_, i) => 1 + count((j) => surely(j, i))),
    worst: Int32Array.from(players, (_, i) => players.length - count((j) => surely(i, j))),
    criticalValue,
    confidence,
  }
}
