import { checkOptionNames } from '../check-option-names'
import { DatasetError } from '../dataset-error'
import { described } from '../dialects/fields'
import { jsonRows, type LineOptions, lineOptionNames } from '../json-rows'
import { openText } from './open-bytes'

/** ES2026; Node has it from 21 on. */
const { rawJSON } = JSON as typeof JSON & { rawJSON: (text: string) => unknown }

/** How JSON Lines are read. */
export interface JsonLinesOptions extends LineOptions {
  /** What errors call the source; default its path, or `input` for a stream. */
  readonly name?: string
  /**
   * Takes the error of each line that cannot be read (JSON_MALFORMED, NOT_UTF8, LINE_TOO_LONG), in its place among the
   * values; reading goes on after it. Default: the first is thrown.
   */
  readonly onBadLine?: (error: DatasetError) => void
}

/** One value of a JSON Lines file. */
export interface JsonLine {
  /** The line it stands on, from 1; blank lines count. */
  readonly line: number
  readonly value: unknown
}

const raise = (error: DatasetError): never => {
  throw error
}

/**
 * The values of JSON Lines as a stream, from a file or from bytes such as `process.stdin`: plain or gzip, told by the
 * first bytes. Lines end at `\n` or `\r\n` alone, so that U+2028 and U+2029, which JSON allows inside strings, stay
 * there (Node's `readline` ends lines at them). A byte order mark is taken, blank lines are passed over, and a source
 * without bytes has no values. Holds one line.
 *
 * An integer whose digits a number would change, such as a 64-bit id, is a `JSON.rawJSON` object: `JSON.stringify`
 * writes it digit for digit, and its `rawJSON` is its text.
 *
 * Throws DatasetError naming the source, and the line where there is one: JSON_MALFORMED, NOT_UTF8, LINE_TOO_LONG
 * (unless `onBadLine` takes these), GZIP_CORRUPT, FILE_UNREADABLE for a file or stream that fails, INVALID_OPTION.
 */
export async function* readJsonLines(
  source: string | AsyncIterable<Uint8Array>,
  given: JsonLinesOptions = {},
): AsyncGenerator<JsonLine> {
  checkOptionNames(given, { ...lineOptionNames, name: true, onBadLine: true })
  const { name = typeof source === 'string' ? source : 'input', onBadLine = raise, ...options } = given
  if (typeof onBadLine !== 'function')
    throw new DatasetError('INVALID_OPTION', `onBadLine: expected a function, is ${described(onBadLine)}`)
  for await (const row of jsonRows(openText(source, name), name, options, rawJSON)) {
    if ('error' in row) onBadLine(row.error)
    else yield { line: row.place.line!, value: row.value }
  }
}
