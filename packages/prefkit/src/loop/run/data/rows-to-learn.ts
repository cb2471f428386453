import { PrefkitError } from '../../../prefkit-error'
import type { LocatedRow } from '../../../tables/located-row'

/** Rows to learn from, and how many of the others are of prompts that are evaluated on. */
export interface RowsToLearn<Row> {
  readonly rows: readonly Row[]
  readonly alsoHeldOut: number
}

/** A row of a file, as a stage reads it. */
export interface ReadRow<Row> {
  readonly row: Row
  readonly place: LocatedRow['place']
  /** Whether it is of a prompt that nothing may have learnt from. */
  readonly isTest: boolean
}

const reason = 'of prompts that are held out to evaluate on'

/**
 * Leaves out rows of prompts that are held out, and says so.
 * @param setting that names the files.
 * @throws PrefkitError `INVALID_CONFIG` for a file of which nothing is left.
 */
export function rowsToLearn<Row>(
  setting: string,
  read: readonly ReadRow<Row>[],
  onWarning?: (message: string) => void,
): RowsToLearn<Row> {
  for (const [file, own] of Map.groupBy(read, ({ place }) => place.file)) {
    if (!own.every(({ isTest }) => isTest)) continue
    const remedy = 'leave this file out, or hold out other prompts'
    const problem = `expected rows to learn from, got none: all ${own.length} are ${reason}; ${remedy}`
    throw new PrefkitError('INVALID_CONFIG', `${setting}: ${file}: ${problem}`)
  }
  const rows = read.flatMap(({ row, isTest }) => (isTest ? [] : [row]))
  const alsoHeldOut = read.length - rows.length
  if (alsoHeldOut > 0)
    onWarning?.(`${setting}: ${alsoHeldOut} of ${read.length} rows are ${reason}, and are left out`)
  return { rows, alsoHeldOut }
}
