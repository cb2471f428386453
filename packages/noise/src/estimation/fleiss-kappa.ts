import { checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import { checkOverlap } from './agreement'
import { columnSums, type Estimate, jackknife } from './jackknife'
import { type ClassesOption, labelCounts, type Votes, voteTable } from './votes'

/** Options of {@link fleissKappa}. */
export interface FleissKappaOptions extends ClassesOption {}

/** κ, and what it was made of. */
export interface Kappa extends Estimate {
  /** Observed agreement p_o. */
  readonly observed: number
  /** Agreement p_e to be expected by chance. */
  readonly expected: number
}

/** Throws `NOT_IDENTIFIED` where all votes are the same, so that chance explains every agreement. */
export function checkChance(expected: number): void {
  if (expected < 1 - 1e-12) return
  const message = 'labels: all are the same; expected two labels or more, else agreement by chance is 1'
  throw new NoiseError('NOT_IDENTIFIED', 'labels', message)
}

/** What each item adds: its agreement, whether it has one, itself, and its share of each class. */
function rowsOf(counts: Float64Array, classes: number): Float64Array {
  const width = classes + 3
  const items = counts.length / classes
  const rows = new Float64Array(items * width)
  for (let item = 0; item < items; item++) {
    const votes = counts.subarray(item * classes, (item + 1) * classes)
    const size = votes.reduce((sum, count) => sum + count, 0)
    const agreeing = votes.reduce((sum, count) => sum + count * (count - 1), 0)
    const row = item * width
    rows[row] = size < 2 ? 0 : agreeing / (size * (size - 1))
    rows[row + 1] = Number(size >= 2)
    rows[row + 2] = 1
    for (let k = 0; k < classes; k++) rows[row + 3 + k] = votes[k]! / size
  }
  return rows
}

function kappaOf(sums: Float64Array): Omit<Kappa, 'standardError'> {
  const observed = sums[0]! / sums[1]!
  const expected = sums.subarray(3).reduce((sum, share) => sum + (share / sums[2]!) ** 2, 0)
  return { observed, expected, value: (observed - expected) / (1 - expected) }
}

/**
 * Fleiss' κ = (p_o − p_e)/(1 − p_e): p_o is the mean over items of the share of agreeing pairs of votes, p_e = Σ p_k²
 * that of two votes drawn from all items. Items need not have equally many votes: then p_k is the mean over items of
 * their shares, and items with one vote count there only. The standard error is from leaving out one item at a time;
 * it holds for any κ, not only under chance.
 *
 * Source: Fleiss (1971); Gwet, Handbook of Inter-Rater Reliability (2014), for unequal numbers of votes. Proven against
 * statsmodels 0.15.0 (`fleiss_kappa`), irrCAC 0.4.4 (`CAC.fleiss`).
 *
 * @throws NoiseError `TOO_FEW` where no item has two votes; `NOT_IDENTIFIED` where all votes are the same;
 *   `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function fleissKappa(votes: Votes, options: FleissKappaOptions = {}): Kappa {
  checkNames('fleissKappa', options, { classes: true })
  const table = voteTable(votes, options)
  const rows = rowsOf(labelCounts(table), table.classes.length)
  const width = table.classes.length + 3
  const sums = columnSums(rows, width)
  checkOverlap(sums[1]!)
  const whole = kappaOf(sums)
  checkChance(whole.expected)
  return { ...whole, ...jackknife(rows, width, (rest) => kappaOf(rest).value) }
}
