import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DatasetError } from '../dataset-error'
import type { LocatedRow } from '../located-row'

const corrupt = (file: string, what: string, cause: unknown): DatasetError => {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new DatasetError('PARQUET_CORRUPT', `${what} cannot be read: ${why}`, { file }, { cause })
}

/** Parquet's 64-bit integers as numbers, as JSON would have them; those past 2⁵³ stay as they are. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

async function readMetadata(
  file: string,
): Promise<{ buffer: Awaited<ReturnType<typeof asyncBufferFromFile>>; metadata: FileMetaData }> {
  try {
    const buffer = await asyncBufferFromFile(file)
    return { buffer, metadata: await parquetMetadataAsync(buffer) }
  } catch (cause) {
    throw corrupt(file, 'the Parquet footer', cause)
  }
}

/**
 * The rows of a Parquet file, one row group at a time, read by slices from the disk; holds one row group. All usual
 * compressions are read. Throws DatasetError PARQUET_CORRUPT that names the footer or the row group.
 */
export async function* parquetRows(file: string): AsyncGenerator<LocatedRow> {
  const { buffer, metadata } = await readMetadata(file)
  let rowStart = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(group.num_rows)
    let rows: Record<string, unknown>[]
    try {
      rows = await parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd })
    } catch (cause) {
      throw corrupt(file, `row group ${index + 1} of ${metadata.row_groups.length}`, cause)
    }
    for (const [i, value] of rows.entries())
      yield { place: { file, row: rowStart + i + 1 }, value: plain(value) }
    rowStart = rowEnd
  }
}
