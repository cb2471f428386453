import { jsonRows, type LineOptions } from '../json-rows'
import type { LocatedRow } from '../located-row'
import { type FileFormat, openText } from './open-bytes'
import { parquetRows } from './parquet-rows'

/** The rows of a file of known format, as a stream. */
export function fileRows(file: string, format: FileFormat, options: LineOptions): AsyncIterable<LocatedRow> {
  return format === 'parquet' ? parquetRows(file) : jsonRows(openText(file, file), file, options)
}
