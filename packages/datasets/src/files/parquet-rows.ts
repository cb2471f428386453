import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DatasetError } from '../dataset-error'
import type { LocatedRow } from '../located-row'
import { groupSlices } from './parquet-slices'

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
 * The rows of a Parquet file, read by slices of a row group; holds one slice, or one row group where its pages cannot
 * be found (see `groupSlices`). All usual compressions are read. Throws DatasetError PARQUET_CORRUPT that names the
 * footer or the row group.
 */
export async function* parquetRows(file: string): AsyncGenerator<LocatedRow> {
  const { buffer, metadata } = await readMetadata(file)
  let groupStart = 0
  for (const [index, group] of metadata.row_groups.entries()) {
    const groupEnd = groupStart + Number(group.num_rows)
    const guard = async <T>(reading: Promise<T>): Promise<T> => {
      try {
        return await reading
      } catch (cause) {
        throw corrupt(file, `row group ${index + 1} of ${metadata.row_groups.length}`, cause)
      }
    }
    const slices = await guard(groupSlices(buffer, metadata, group))
    // Not in the types: hyparquet's own page index takes this way.
    const pageLocationsByGroup = Object.assign([], { [index]: slices.pages })
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += slices.rows) {
      const rowEnd = Math.min(rowStart + slices.rows, groupEnd)
      const options = { file: buffer, metadata, compressors, rowStart, rowEnd, pageLocationsByGroup }
      const rows = await guard(parquetReadObjects(options))
      for (const [i, value] of rows.entries())
        yield { place: { file, row: rowStart + i + 1 }, value: plain(value) }
    }
    groupStart = groupEnd
  }
}
