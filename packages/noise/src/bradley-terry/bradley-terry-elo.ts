import { checkColumns, checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, checkRange, formatValue } from '../check-options'
import { NoiseError } from '../noise-error'
import { type EloScaleOptions, eloScaleNames, eloScaleOf } from './elo-ratings'
import type { BradleyTerryFit } from './fit-bradley-terry'
import type { Player } from './paired-comparisons'

/** Options of {@link bradleyTerryElo}. */
export interface BradleyTerryEloOptions extends EloScaleOptions {
  /** A player and the rating that it shall have; all others move with it. Default: none. */
  anchor?: { readonly player: Player; readonly rating: number }
}

/**
 * Strengths on the scale of Elo ratings: Rᵢ = initial + θᵢ·scale/ln(base), shifted so that the anchor has its rating. With
 * the defaults 400, 10 and 1,000 and `ties: 'half'` these are Chatbot Arena's. Standard errors and intervals of differences
 * are multiplied by scale/ln(base), 173.7 by default; fit with the anchor as `reference` to have them relative to it.
 *
 * Source: Chiang et al. 2024 (arXiv 2403.04132). Proven against fschat 0.2.36 (`compute_elo_mle_with_tie`), scikit-learn
 * 1.9.1 (`LogisticRegression`).
 *
 * @returns a rating for each of the fit's players
 * @throws NoiseError `INVALID_OPTION` for an anchor that was not compared; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`.
 */
export function bradleyTerryElo(
  fit: Pick<BradleyTerryFit, 'players' | 'strengths'>,
  options: BradleyTerryEloOptions = {},
): Float64Array {
  const { players, strengths } = fit ?? {}
  checkNames('bradleyTerryElo', options, { ...eloScaleNames, anchor: true })
  checkColumns({ players, strengths }, 'what fitBradleyTerry gives')
  checkSameLength({ players, strengths })
  checkFinite('strengths', strengths)
  const { initial, perPoint } = eloScaleOf(options)
  const { anchor } = options
  const ratings = strengths.map((strength) => initial + strength / perPoint)
  if (anchor === undefined) return ratings
  checkNames('anchor', anchor, { player: true, rating: true })
  checkRange('anchor.rating', anchor.rating, Number.NEGATIVE_INFINITY)
  const place = players.indexOf(anchor.player)
  if (place < 0) {
    const message = `anchor.player is ${formatValue(anchor.player)}; expected one of the players compared`
    throw new NoiseError('INVALID_OPTION', 'anchor.player', message)
  }
  const shift = anchor.rating - ratings[place]!
  return ratings.map((rating) => rating + shift)
}
