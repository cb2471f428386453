import type { DataPlace, DatasetError, DatasetErrorCode } from './dataset-error'
import type { DialectName } from './dialects/dialect-table'

/** A fault as plain data, for reports. */
export interface ReportedError {
  readonly code: DatasetErrorCode
  /** Place and detail in one line. */
  readonly message: string
  readonly place: DataPlace
}

/** What was read of one file. */
export interface FileReport {
  /** The path as the caller gave it; `rows` for rows given in memory. */
  readonly file: string
  /** How the bytes are laid out, told from the first of them. */
  readonly format: string
  readonly dialect: DialectName
  /** Why it is that dialect, as a phrase after "because". */
  readonly why: string
  /** Rows seen, good or bad. */
  readonly rows: number
}

/** What a reading came to. Every row is in it: as comparisons, ties, responses, or skipped. */
export interface ReadReport {
  readonly files: readonly FileReport[]
  /** Rows seen, good or bad, in all files. */
  readonly rows: number
  readonly comparisons: number
  /** Pairs that the data calls equal, so that neither response is the chosen one. */
  readonly ties: number
  /** Rated responses read, before pairing. */
  readonly responses: number
  /** Rated responses that are in no comparison. */
  readonly unpaired: number
  /** Prompts whose responses stood too far apart to be paired with all others of the prompt. */
  readonly splitPrompts: number
  /** Bad rows left out, at the caller's wish. */
  readonly skipped: number
  /** The first few faults of the rows left out. */
  readonly errors: readonly ReportedError[]
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A report that is being filled. */
export type ReportDraft = Omit<Writable<ReadReport>, 'files' | 'errors'> & {
  files: Writable<FileReport>[]
  errors: ReportedError[]
}

/** A report of nothing yet. */
export function emptyReport(): ReportDraft {
  return {
    files: [],
    rows: 0,
    comparisons: 0,
    ties: 0,
    responses: 0,
    unpaired: 0,
    splitPrompts: 0,
    skipped: 0,
    errors: [],
  }
}

/** An error as plain data. */
export function reportError({ code, message, place }: DatasetError): ReportedError {
  return { code, message, place }
}
