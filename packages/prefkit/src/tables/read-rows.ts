import { open } from 'node:fs/promises'
import { type DataPlace, DatasetError, readJsonLines } from '@prefkit/datasets'
import type { WorkOptions } from '../reward/progress'
import { readProgress } from '../reward/read-progress'
import { csvRows } from './csv-rows'
import { isJsonArray, readJsonArray } from './json-array'
import type { LocatedRow } from './located-row'
import { parquetTable } from './parquet-table'

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

/** Takes the error of a row that cannot be read, after which reading goes on. */
export type OnBadRow = (error: DatasetError) => void

const raise: OnBadRow = (error) => {
  throw error
}

/** A value as a row; bad ones are for whoever takes them. */
function* objectRow(value: unknown, place: DataPlace, onBadRow: OnBadRow): Generator<LocatedRow> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject) yield { place, value: value as Record<string, unknown>, isText: false }
  else onBadRow(new DatasetError('ROW_TYPE', `expected an object, is ${kindOf(value)}`, place))
}

async function* jsonRows(file: string, onBadRow: OnBadRow): AsyncGenerator<LocatedRow> {
  if (await isJsonArray(file)) {
    for (const [index, value] of (await readJsonArray(file)).entries())
      yield* objectRow(value, { file, row: index + 1 }, onBadRow)
    return
  }
  for await (const { line, value } of readJsonLines(file, { onBadLine: onBadRow }))
    yield* objectRow(value, { file, line }, onBadRow)
}

async function isParquet(file: string): Promise<boolean> {
  try {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
      return bytesRead === 4 && buffer.toString('latin1') === 'PAR1'
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const message = `could not be read: ${(cause as Error).message}`
    throw new DatasetError('FILE_UNREADABLE', message, { file }, { cause })
  }
}

/** Rows of one file: Parquet by its first bytes, CSV and TSV by name, else JSON: an array by its first bytes, or lines. */
async function* fileRows(file: string, onBadRow: OnBadRow): AsyncGenerator<LocatedRow> {
  const name = file.toLowerCase().replace(/\.gz$/, '')
  if (await isParquet(file)) yield* parquetTable(file)
  else if (name.endsWith('.csv')) yield* csvRows(file)
  else if (name.endsWith('.tsv')) yield* csvRows(file, '\t')
  else yield* jsonRows(file, onBadRow)
}

/**
 * Rows of tables as a stream; see {@link readRows}.
 * @param onBadRow takes errors of rows of JSON that cannot be read. Default: the first is thrown.
 * @throws DatasetError naming file and line of what cannot be read, and a file without rows.
 */
export async function* tableRows(
  files: readonly string[],
  onBadRow: OnBadRow = raise,
): AsyncGenerator<LocatedRow> {
  for (const file of files) {
    let rows = 0
    const count: OnBadRow = (error) => {
      rows++
      onBadRow(error)
    }
    for await (const row of fileRows(file, count)) {
      rows++
      yield row
    }
    if (rows === 0) throw new DatasetError('FILE_EMPTY', 'has no rows', { file })
  }
}

/**
 * Rows of tables: JSON Lines, one JSON array, CSV or TSV with a header (each plain or gzip), or Parquet.
 * @param onBadRow as of {@link tableRows}.
 * @throws DatasetError naming file and line of what cannot be read, and a file without rows.
 */
export async function readRows(
  files: readonly string[],
  work: WorkOptions = {},
  onBadRow?: OnBadRow,
): Promise<LocatedRow[]> {
  const rows: LocatedRow[] = []
  for await (const row of readProgress(tableRows(files, onBadRow), files, work)) rows.push(row)
  return rows
}
