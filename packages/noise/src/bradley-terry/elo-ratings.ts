import { checkNames, checkPositive, checkRange } from '../check-options'
import { NoiseError } from '../noise-error'
import { type PairedComparisons, type Player, rowsOf } from './paired-comparisons'

/** The scale of Elo ratings. */
export interface EloScaleOptions {
  /** Rating points that make the odds `base` times as large, > 0. Default: 400. */
  scale?: number
  /** Odds at a lead of `scale` points, > 1. Default: 10. */
  base?: number
  /** Where ratings start, or their mean. Default: 1,000. */
  initial?: number
}

/** Options of {@link eloRatings}. */
export interface EloOptions extends EloScaleOptions {
  /** K > 0, the most that one comparison can move a rating. Default: 4, as Chatbot Arena's. */
  k?: number
}

/** Names of {@link EloScaleOptions}. */
export const eloScaleNames = { scale: true, base: true, initial: true } as const

/** The scale, checked, and strength per rating point: ln(base)/scale. */
export function eloScaleOf({ scale = 400, base = 10, initial = 1000 }: EloScaleOptions) {
  checkPositive('scale', scale)
  checkRange('base', base, 1 + Number.EPSILON)
  checkRange('initial', initial, Number.NEGATIVE_INFINITY)
  return { initial, perPoint: Math.log(base) / scale }
}

/**
 * Online Elo: comparisons in their order, each moving both ratings by K·(outcome − expected), expected being
 * 1/(1 + base^((R_second − R_first)/scale)). The sum of ratings never changes. The result depends on the order of
 * comparisons; for one that does not, fit `fitBradleyTerry` and see `bradleyTerryElo`.
 *
 * Source: Elo 1978. Proven against fschat 0.2.36 (`compute_elo`).
 *
 * @param comparisons without weights and covariates
 * @returns players in the order in which they first appear, and a rating for each
 * @throws NoiseError `INVALID_OPTION` for weights or covariates; `OUT_OF_RANGE`, `SHAPE_MISMATCH`, `TOO_FEW`.
 */
export function eloRatings(
  comparisons: Pick<PairedComparisons, 'first' | 'second' | 'outcomes'>,
  options: EloOptions = {},
): { players: readonly Player[]; ratings: Float64Array } {
  checkNames('eloRatings', options, { ...eloScaleNames, k: true })
  checkNames('comparisons', comparisons, { first: true, second: true, outcomes: true })
  const { k = 4 } = options
  checkPositive('k', k)
  const { initial, perPoint } = eloScaleOf(options)
  const { players, first, second, outcomes } = rowsOf(comparisons)
  const ratings = new Float64Array(players.length).fill(initial)
  for (let row = 0; row < first.length; row++) {
    const i = first[row]!
    const j = second[row]!
    const expected = 1 / (1 + Math.exp((ratings[j]! - ratings[i]!) * perPoint))
    const gain = k * (outcomes[row]! - expected)
    ratings[i]! += gain
    ratings[j]! -= gain
  }
  const failed = ratings.findIndex((rating) => !Number.isFinite(rating))
  if (failed < 0) return { players, ratings }
  throw new NoiseError('OUT_OF_RANGE', 'k', `k is ${k}; expected one that keeps ratings finite`)
}
