import { open } from 'node:fs/promises'
import { DatasetError, readJsonLines } from '@prefkit/datasets'
import type { WorkOptions } from '../reward/progress'
import { readProgress } from '../reward/read-progress'
import { csvRows } from './csv-rows'
import type { LocatedRow } from './located-row'
import { parquetTable } from './parquet-table'

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

async function* jsonRows(file: string): AsyncGenerator<LocatedRow> {
  for await (const { line, value } of readJsonLines(file)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DatasetError('ROW_TYPE', `expected an object, is ${kindOf(value)}`, { file, line })
    }
    yield { place: { file, line }, value: value as Record<string, unknown>, isText: false }
  }
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

/** Rows of one file: Parquet by its first bytes, CSV and TSV by name, else JSON Lines. */
async function* fileRows(file: string): AsyncGenerator<LocatedRow> {
  const name = file.toLowerCase().replace(/\.gz$/, '')
  if (await isParquet(file)) yield* parquetTable(file)
  else if (name.endsWith('.csv')) yield* csvRows(file)
  else if (name.endsWith('.tsv')) yield* csvRows(file, '\t')
  else yield* jsonRows(file)
}

/**
 * Rows of tables as a stream; see {@link readRows}.
 * @throws DatasetError naming file and line of what cannot be read, and a file without rows.
 */
export async function* tableRows(files: readonly string[]): AsyncGenerator<LocatedRow> {
  for (const file of files) {
    let rows = 0
    for await (const row of fileRows(file)) {
      rows++
      yield row
    }
    if (rows === 0) throw new DatasetError('FILE_EMPTY', 'has no rows', { file })
  }
}

/**
 * Rows of tables: JSON Lines, CSV or TSV with a header (each plain or gzip), or Parquet.
 * @throws DatasetError naming file and line of what cannot be read, and a file without rows.
 */
export async function readRows(files: readonly string[], work: WorkOptions = {}): Promise<LocatedRow[]> {
  const rows: LocatedRow[] = []
  for await (const row of readProgress(tableRows(files), files, work)) rows.push(row)
  return rows
}
