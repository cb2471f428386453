import { DatasetError } from '@prefkit/datasets'
import type { LocatedRow } from './located-row'

/** 64-bit integers as numbers, as JSON would have them; those past 2⁵³ as text, which keeps their digits. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/**
 * Rows of a Parquet file, one row group after another.
 * @throws DatasetError `PARQUET_CORRUPT` naming the file.
 */
export async function* parquetTable(file: string): AsyncGenerator<LocatedRow> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const guard = async <T>(what: string, reading: Promise<T>): Promise<T> => {
    try {
      return await reading
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new DatasetError('PARQUET_CORRUPT', `${what} cannot be read: ${why}`, { file }, { cause })
    }
  }
  const buffer = await guard('the file', asyncBufferFromFile(file))
  const metadata = await guard('the Parquet footer', parquetMetadataAsync(buffer))
  let rowStart = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(group.num_rows)
    const what = `row group ${index + 1} of ${metadata.row_groups.length}`
    const options = { file: buffer, metadata, compressors, rowStart, rowEnd }
    const rows = await guard(what, parquetReadObjects(options))
    for (const [i, row] of rows.entries()) {
      const value = plain(row) as Record<string, unknown>
      yield { place: { file, row: rowStart + i + 1 }, value, isText: false }
    }
    rowStart = rowEnd
  }
}
