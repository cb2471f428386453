import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DatasetError } from '@prefkit/datasets'
import { CsvError, parse } from 'csv-parse'
import type { LocatedRow } from './located-row'

const isCsvRow = (row: unknown): row is { record: Record<string, string>; info: { lines: number } } =>
  typeof row === 'object' && row !== null && 'record' in row

/** What reading a CSV file throws, as an error that names the file and, where it is known, the line. */
function located(file: string, cause: unknown): unknown {
  if (cause instanceof CsvError) {
    const line = Number(cause.lines)
    const place = Number.isFinite(line) ? { file, line } : { file }
    return new DatasetError('ROW_TYPE', cause.message.replace(/ (at|on) line \d+$/, ''), place, { cause })
  }
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  const isGzip = String(cause.code).startsWith('Z_')
  const [code, what] = isGzip
    ? (['GZIP_CORRUPT', 'cannot be unpacked'] as const)
    : (['FILE_UNREADABLE', 'could not be read'] as const)
  return new DatasetError(code, `${what}: ${cause.message}`, { file }, { cause })
}

/**
 * Rows of a CSV file with a header, plain or gzip, as a stream. Values are text; a line is the one that the row ends on.
 * @throws DatasetError naming file and line.
 */
export async function* csvRows(file: string, delimiter = ','): AsyncGenerator<LocatedRow> {
  const parser = parse({
    columns: true,
    info: true,
    bom: true,
    skip_empty_lines: true,
    trim: true,
    delimiter,
  })
  const bytes = createReadStream(file)
  // Errors reach the reader through the parser, which is destroyed with them.
  const rows = file.endsWith('.gz')
    ? pipeline(bytes, createGunzip(), parser, () => {})
    : pipeline(bytes, parser, () => {})
  try {
    for await (const row of rows) {
      if (isCsvRow(row)) yield { place: { file, line: row.info.lines }, value: row.record, isText: true }
    }
  } catch (cause) {
    throw located(file, cause)
  }
}
