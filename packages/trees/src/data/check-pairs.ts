import { TreesError } from '../trees-error'
import { checkColumn } from './check-column'
import type { CheckedPairs } from './checked-data'
import type { PreferencePairs } from './training-data'

/**
 * Comparisons as arrays.
 *
 * @throws TreesError `INVALID_DATA` for no pairs, a row number that is not there, a row compared with itself, a weight
 * below 0, a preference outside [0, 1]; `DIMENSION_MISMATCH` for columns of several lengths.
 */
export function checkPairs(name: string, pairs: PreferencePairs, rows: number): CheckedPairs {
  const { chosen, rejected, weight, preference } = pairs
  const row = { whole: true, least: 0, most: rows - 1 }
  checkColumn(`${name}.chosen`, chosen, undefined, row)
  checkColumn(`${name}.rejected`, rejected, undefined, row)
  const count = chosen.length
  if (count === 0) throw new TreesError('INVALID_DATA', `${name}.chosen is empty; expected at least one pair`)
  for (const [part, values] of Object.entries({ rejected, weight, preference })) {
    if (values === undefined || values.length === count) continue
    const message = `${name}.${part} has ${values.length} entries and ${name}.chosen ${count}; expected as many`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  for (let i = 0; i < count; i++) {
    if (chosen[i] !== rejected[i]) continue
    const message = `${name}: pair ${i} compares row ${chosen[i]} with itself; expected two rows`
    throw new TreesError('INVALID_DATA', message)
  }
  if (weight) checkColumn(`${name}.weight`, weight, count, { least: 0 })
  if (preference) checkColumn(`${name}.preference`, preference, count, { least: 0, most: 1 })
  return {
    chosen: Int32Array.from(chosen),
    rejected: Int32Array.from(rejected),
    ...(weight && { weight: Float32Array.from(weight) }),
    ...(preference && { preference: Float32Array.from(preference) }),
  }
}
