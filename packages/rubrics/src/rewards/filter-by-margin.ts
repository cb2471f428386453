import { checkOptions, formatValue } from '../check-options'
import { RubricError } from '../rubric-error'

/** Scores of pairs: what {@link filterByMargin} chooses among. */
export interface MarginScores {
  /** The score of the chosen response of each pair; NaN where it has none. */
  readonly chosenScores: ArrayLike<number>
  /** The score of the rejected response, likewise; as many. */
  readonly rejectedScores: ArrayLike<number>
}

/** Options of {@link filterByMargin}. */
export interface MarginFilterOptions {
  /** The margin that a pair has to exceed, on the scale of the scores. Default: 2, as in the paper for scores from 1 to 10. */
  readonly above?: number
}

/**
 * Which pairs of transcripts to keep for fine-tuning: those whose chosen response was scored higher than the rejected one by
 * more than `above`. A pair without both scores is not kept.
 *
 * Source: 2510.24235, stage 1.
 *
 * @returns indices of the pairs kept, ascending.
 * @throws RubricError `LENGTH_MISMATCH`, `NOT_FINITE` for an infinite score or `above`, `INVALID_OPTION`.
 */
export function filterByMargin(scores: MarginScores, options: MarginFilterOptions = {}): Int32Array {
  checkOptions('filterByMargin', options, { above: true })
  const { above = 2 } = options
  const { chosenScores, rejectedScores } = scores
  if (!Number.isFinite(above)) {
    throw new RubricError('NOT_FINITE', 'above', `above is ${formatValue(above)}; expected a finite number`)
  }
  if (chosenScores.length !== rejectedScores.length) {
    const counts = `rejectedScores has ${rejectedScores.length} scores; expected ${chosenScores.length}, as chosenScores`
    throw new RubricError('LENGTH_MISMATCH', 'rejectedScores', counts)
  }
  for (const [name, column] of Object.entries({ chosenScores, rejectedScores })) {
    const wrong = Array.from(column).findIndex((score) => !Number.isFinite(score) && !Number.isNaN(score))
    if (wrong === -1) continue
    const place = `${name}[${wrong}]`
    const message = `${place} is ${formatValue(column[wrong])}; expected a finite number, or NaN for no score`
    throw new RubricError('NOT_FINITE', place, message)
  }
  const kept = Array.from(chosenScores, (score, i) => score - rejectedScores[i]! > above)
  return Int32Array.from(kept.flatMap((keep, i) => (keep ? [i] : [])))
}
