import { checkColumns, checkSameLength } from '../check-numbers'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'
import { checkChance, type Kappa } from './fleiss-kappa'

/** Shares of each pair of labels `[classes, classes]`, first rater in rows. */
function sharesOf(
  first: ArrayLike<Name>,
  second: ArrayLike<Name>,
): { shares: Float64Array; classes: number } {
  const { names, numbers } = numberNames({ first, second })
  const classes = names.length
  const shares = new Float64Array(classes * classes)
  for (let i = 0; i < first.length; i++) {
    shares[numbers.first[i]! * classes + numbers.second[i]!]! += 1 / first.length
  }
  return { shares, classes }
}

/**
 * Cohen's κ = (p_o − p_e)/(1 − p_e) of two annotators who judged the same items: p_o is the share of items on which
 * they agree, p_e that of chance, given how often each of them uses each label. The standard error is the large-sample
 * one for any κ.
 *
 * Source: Cohen (1960); Fleiss, Cohen and Everitt (1969) for the standard error. Proven against statsmodels 0.15.0
 * (`cohens_kappa`).
 *
 * @param first `[items]` What the one said.
 * @param second `[items]` What the other said.
 * @throws NoiseError `SHAPE_MISMATCH`; `TOO_FEW` for no items; `NOT_IDENTIFIED` where both always say one and the same;
 *   `OUT_OF_RANGE`.
 */
export function cohenKappa(first: ArrayLike<Name>, second: ArrayLike<Name>): Kappa {
  checkColumns({ first, second }, 'one label for each item')
  checkSameLength({ first, second })
  if (first.length === 0)
    throw new NoiseError('TOO_FEW', 'first', 'first has no values; expected at least one item')
  const { shares, classes } = sharesOf(first, second)
  const rows = new Float64Array(classes)
  const columns = new Float64Array(classes)
  shares.forEach((share, at) => {
    rows[Math.floor(at / classes)]! += share
    columns[at % classes]! += share
  })
  const observed = rows.reduce((sum, _, k) => sum + shares[k * classes + k]!, 0)
  const expected = rows.reduce((sum, row, k) => sum + row * columns[k]!, 0)
  checkChance(expected)
  const value = (observed - expected) / (1 - expected)
  let variance = -((value - expected * (1 - value)) ** 2)
  shares.forEach((share, at) => {
    const [i, j] = [Math.floor(at / classes), at % classes]
    const chance = (columns[i]! + rows[j]!) * (1 - value)
    variance += share * (Number(i === j) - chance) ** 2
  })
  const standardError = Math.sqrt(Math.max(0, variance) / first.length) / (1 - expected)
  return { value, standardError, observed, expected }
}
