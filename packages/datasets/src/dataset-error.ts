const MARKER = Symbol.for('prefkit.datasets.error')

/** Why data or an option was refused. */
export type DatasetErrorCode =
  | 'INVALID_OPTION'
  | 'DIALECT_MIXED'
  | 'DIALECT_UNKNOWN'
  | 'FIELD_MISSING'
  | 'FIELD_TYPE'
  | 'FIELD_VALUE'
  | 'FILE_EMPTY'
  | 'FILE_UNREADABLE'
  | 'GZIP_CORRUPT'
  | 'JSON_MALFORMED'
  | 'LABELS_AMBIGUOUS'
  | 'LINE_TOO_LONG'
  | 'NOT_UTF8'
  | 'PARQUET_CORRUPT'
  | 'ROW_TYPE'
  | 'TEXT_UNKNOWN'
  | 'WRITE_FAILED'

/** Where in the data something is wrong. Lines and rows count from 1. */
export interface DataPlace {
  /** Path of the file as the caller gave it. */
  readonly file?: string
  /** Line of a JSONL file. */
  readonly line?: number
  /** Row of a Parquet file, or of rows given in memory. */
  readonly row?: number
  /** Path of the field inside the row, such as `chosen[0].content`. */
  readonly field?: string
}

/** The codes of faults that lie in one row: the ones `skipBad` may skip. */
const rowCodes: ReadonlySet<DatasetErrorCode> = new Set([
  'FIELD_MISSING',
  'FIELD_TYPE',
  'FIELD_VALUE',
  'JSON_MALFORMED',
  'LINE_TOO_LONG',
  'NOT_UTF8',
  'ROW_TYPE',
  'TEXT_UNKNOWN',
])

function describePlace({ file, line, row, field }: DataPlace): string {
  const position = line !== undefined ? `:${line}` : row !== undefined ? ` row ${row}` : ''
  const where = `${file ?? ''}${position}`.trim().replace(/^:/, 'line ')
  return [where, field === undefined ? '' : `field "${field}"`].filter((part) => part !== '').join(': ')
}

/**
 * The one error this package throws. `code` is stable; the message starts with the place, as in
 * `train.jsonl:12: field "chosen": …`, and says what was expected.
 */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode
  /** Where the fault lies, as far as it is known. */
  readonly place: DataPlace
  /** The message without the place. */
  readonly detail: string
  readonly [MARKER] = true

  constructor(code: DatasetErrorCode, detail: string, place: DataPlace = {}, options?: ErrorOptions) {
    const where = describePlace(place)
    super(where === '' ? detail : `${where}: ${detail}`, options)
    this.code = code
    this.detail = detail
    this.place = place
  }

  /** True when the fault lies in one row, so that `skipBad` may skip it. */
  get inOneRow(): boolean {
    return rowCodes.has(this.code)
  }

  /** The same error with what more is known of its place. */
  at(place: DataPlace): DatasetError {
    // Not by the class's own name: bundlers would rename the class, and Node prints that name.
    const Self = this.constructor as typeof DatasetError
    return new Self(this.code, this.detail, { ...place, ...this.place }, { cause: this.cause })
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is DatasetError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
