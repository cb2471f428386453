import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { checkOptionNames, type OptionNames } from '../check-option-names'
import type { Comparison } from '../comparison'
import { DatasetError } from '../dataset-error'
import { hasMadeId } from '../made-ids'
import { type ReportedError, reportError } from '../read-report'
import { type WritableDialect, writableDialects, writerTable } from '../writers/writer-table'

/** How comparisons are written. */
export interface WriteOptions {
  /** The layout of the rows. */
  readonly dialect: WritableDialect
  /** Compress; default: when the path ends in `.gz`. */
  readonly gzip?: boolean
  /** Leave out, count and report comparisons the dialect cannot say; default false: the first throws. */
  readonly skipBad?: boolean
  /** How many faults the report keeps, a whole number ≥ 0; default 5. */
  readonly maxErrors?: number
}

const optionNames: OptionNames<WriteOptions> = { dialect: true, gzip: true, skipBad: true, maxErrors: true }

/** What a writing came to. */
export interface WriteReport {
  readonly file: string
  readonly dialect: WritableDialect
  /** Rows in the file. */
  readonly written: number
  /** Comparisons left out, at the caller's wish. */
  readonly skipped: number
  /** The first few reasons for leaving one out. */
  readonly errors: readonly ReportedError[]
  /** How many written comparisons had a property the dialect has no field for, by property. */
  readonly dropped: Readonly<Record<string, number>>
}

type Draft = { written: number; skipped: number; errors: ReportedError[]; dropped: Record<string, number> }

/** Rows are handed to the file in pieces of about this many characters. */
const PIECE = 2 ** 16

async function* jsonLines(
  comparisons: Iterable<Comparison> | AsyncIterable<Comparison>,
  { dialect, skipBad = false, maxErrors = 5 }: WriteOptions,
  report: Draft,
): AsyncGenerator<string> {
  const writer = writerTable[dialect]
  const kept: ReadonlySet<string> = new Set(writer.keeps)
  let piece = ''
  for await (const comparison of comparisons) {
    try {
      piece += `${JSON.stringify(writer.row(comparison))}\n`
    } catch (error) {
      if (!skipBad || !DatasetError.isInstance(error)) throw error
      report.skipped++
      if (report.errors.length < maxErrors) report.errors.push(reportError(error))
      continue
    }
    report.written++
    for (const property of Object.keys(comparison))
      if (!kept.has(property) && !(property === 'id' && hasMadeId(comparison)))
        report.dropped[property] = (report.dropped[property] ?? 0) + 1
    if (piece.length >= PIECE) {
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}

/** An error of the file system as DatasetError WRITE_FAILED; any other as it is. */
function writeFailure(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const full = 'code' in error && error.code === 'ENOSPC'
  const detail = full ? 'cannot be written: the disk is full' : `cannot be written: ${error.message}`
  return new DatasetError('WRITE_FAILED', detail, { file }, { cause: error })
}

/** Other layouts are not written, and under their names JSON Lines would mislead. */
function checkFileName(file: string): void {
  if (!/\.parquet(\.gz)?$/i.test(file)) return
  const detail = `is named as Parquet, which is not written: expected a name for JSON Lines, such as .jsonl or .jsonl.gz`
  throw new DatasetError('INVALID_OPTION', detail, { file })
}

/**
 * Writes comparisons as JSON Lines of a dialect, plain or gzip, in a stream. The file appears whole or not at all:
 * rows go to a temporary file beside it that is flushed and renamed at the end, and removed on a failure, which
 * leaves an older file as it was. Throws DatasetError INVALID_OPTION, WRITE_FAILED, or FIELD_VALUE for what the dialect
 * cannot say; an error of the iterable passes as it is.
 */
export async function writeComparisons(
  file: string,
  comparisons: Iterable<Comparison> | AsyncIterable<Comparison>,
  options: WriteOptions,
): Promise<WriteReport> {
  checkOptionNames(options, optionNames)
  const { dialect, gzip = file.endsWith('.gz') } = options
  checkFileName(file)
  if (!writableDialects.includes(dialect)) {
    const detail = `dialect: expected one of ${writableDialects.join(', ')}; is ${JSON.stringify(dialect)}`
    throw new DatasetError('INVALID_OPTION', detail)
  }
  const report: Draft = { written: 0, skipped: 0, errors: [], dropped: {} }
  const temporary = `${file}.${randomUUID()}.tmp`
  const lines = Readable.from(jsonLines(comparisons, options, report))
  const target = createWriteStream(temporary, { flags: 'wx', flush: true })
  try {
    await (gzip ? pipeline(lines, createGzip(), target) : pipeline(lines, target))
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw writeFailure(file, error)
  }
  return { file, dialect, ...report }
}
