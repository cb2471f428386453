import { DatasetError } from '@prefkit/datasets'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { readProgress } from '../reward/read-progress'
import type { LocatedRow } from '../tables/located-row'
import { tableRows } from '../tables/read-rows'
import type { RowCounts } from './row-counts'

/** Most faults that are told in full. */
const shownFaults = 5

const isBadRow = (error: unknown): error is DatasetError | PrefkitError =>
  DatasetError.isInstance(error) || (PrefkitError.isInstance(error) && error.code === 'BAD_ROW')

/**
 * What is to be judged of the rows of files.
 * @param itemsOf the items of a row; throws DatasetError, or PrefkitError `BAD_ROW`, for a bad one.
 * @param skipBad whether bad rows are left out and counted.
 * @throws DatasetError for files that cannot be read; what `itemsOf` throws, unless bad rows are left out.
 */
export async function readItems<Item>(
  files: readonly string[],
  itemsOf: (row: LocatedRow) => readonly Item[],
  skipBad: boolean,
  work: WorkOptions,
): Promise<{ readonly items: Item[]; readonly rows: RowCounts }> {
  const items: Item[] = []
  const faults: string[] = []
  let skipped = 0
  let good = 0
  const skip = (error: unknown): void => {
    if (!skipBad || !isBadRow(error)) throw error
    skipped++
    if (faults.length < shownFaults) faults.push(error.message)
  }
  for await (const row of readProgress(tableRows(files, skip), files, work)) {
    try {
      items.push(...itemsOf(row))
      good++
    } catch (error) {
      skip(error)
    }
  }
  return { items, rows: { rows: good + skipped, ties: 0, unpaired: 0, skipped, faults } }
}
