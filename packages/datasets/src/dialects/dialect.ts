import type { Comparison } from '../comparison'
import type { RatedResponse } from '../rated-response'
import type { LabelCoding } from './verdicts'

/** One row of a data file: an object of fields. */
export type Row = Readonly<Record<string, unknown>>

/** A text that rows name by its id, such as an argument of UKPConvArg1. */
export interface ReferencedText {
  readonly text: string
  /** What the text answers. */
  readonly prompt: string
  /** What else is known of it, such as its `topic` and `debate`. */
  readonly tags: Readonly<Record<string, string>>
}

/** What a row cannot say of itself. */
export interface RowContext {
  /** The id of a row that has none: `<file>:<line>`. */
  readonly fallbackId: string
  /** The texts that rows name by id; absent when none were given. */
  readonly texts?: ReadonlyMap<string, ReferencedText>
  /** The field that rates a response; default the first known one. */
  readonly ratingField?: string
  /** What the labels 0, 1 and 2 mean; default a tie, the first response, the second. */
  readonly labels?: LabelCoding
}

/** What one row holds. */
export interface ParsedRow {
  readonly comparisons?: readonly Comparison[]
  /** Pairs that the data calls equal: they are no comparisons, and are counted. */
  readonly ties?: number
  /** Responses that become comparisons only beside others of their prompt. */
  readonly responses?: readonly RatedResponse[]
}

/** One layout of preference data. */
export interface Dialect {
  readonly name: string
  /** What the rows look like, in words. */
  readonly title: string
  /** The fields without which a row is not of this dialect; used to say which dialect is nearest. */
  readonly fields: readonly string[]
  /** Why the row is of this dialect, as a phrase after "because"; undefined when it is not. */
  readonly detect: (row: Row) => string | undefined
  /** Why rows may be read in more than one way unless the context says which; undefined when they may not. */
  readonly ambiguity?: (rows: readonly Row[]) => string | undefined
  /** Throws DatasetError with the field, and without the place, for a row that does not fit. */
  readonly parse: (row: Row, context: RowContext) => ParsedRow
}
