import type { OptionNames } from './check-option-names'
import { DatasetError } from './dataset-error'
import type { LocatedRow } from './located-row'

/** What bounds a line. */
export interface LineOptions {
  /** Longest line in bytes, a whole number ≥ 1; default 16 MiB. A longer line is a fault of its row. */
  readonly maxLineBytes?: number
}

/** The names of `LineOptions`. */
export const lineOptionNames: OptionNames<LineOptions> = { maxLineBytes: true }

const DEFAULT_MAX_LINE_BYTES = 16 * 2 ** 20
const NEWLINE = 0x0a

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Lines of a byte stream as bytes, or as their length alone when longer than the limit. */
async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<{ bytes?: Uint8Array; length: number }> {
  let parts: Uint8Array[] = []
  let length = 0
  const take = (part: Uint8Array): void => {
    length += part.length
    if (length > limit) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const finish = () => {
    const line = length > limit ? { length } : { bytes: join(parts), length }
    parts = []
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end))
      yield finish()
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (length > 0) yield finish()
}

/** What a malformed line most likely is. */
function jsonHint(text: string): string {
  if (/[:[,]\s*-?(NaN|Infinity)\b/.test(text)) return '. NaN and Infinity are no JSON: write null'
  if (/^\s*\[/.test(text)) return '. One object a line is expected, not one list over many lines'
  return ''
}

/** What stands for an integer whose digits change when it becomes a number and text again. */
export type ExactInteger = (digits: string) => unknown

/**
 * True when some number in a JSON value is past 2⁵³. Asked first, as a reviver is slow; and of the value, since to look
 * for 16 digits in its text takes longer where it holds long texts.
 */
function hasLongInteger(value: unknown): boolean {
  const objects: object[] = [[value]]
  for (let object = objects.pop(); object !== undefined; object = objects.pop()) {
    for (const inner of Object.values(object) as unknown[]) {
      if (typeof inner === 'object' && inner !== null) objects.push(inner)
      else if (typeof inner === 'number' && Math.abs(inner) > Number.MAX_SAFE_INTEGER) return true
    }
  }
  return false
}

/** JSON with the integers that a number would change in the form of `exact`, and all else as `JSON.parse` has it. */
function parseExactly(text: string, exact: ExactInteger): unknown {
  const plain: unknown = JSON.parse(text)
  if (!hasLongInteger(plain)) return plain
  const revive = (_key: string, value: unknown, { source = '' }: { source?: string } = {}) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(source) &&
    source !== String(value)
      ? exact(source)
      : value
  return JSON.parse(text, revive)
}

function parseLine(text: string, place: { file: string; line: number }, exact: ExactInteger): LocatedRow {
  try {
    return { place, value: parseExactly(text, exact) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const detail = `is no JSON: ${why.replace(/\s+/g, ' ').slice(0, 160)}${jsonHint(text)}`
    return { place, error: new DatasetError('JSON_MALFORMED', detail, place, { cause }) }
  }
}

/**
 * The rows of JSON Lines, read from bytes in any chunks: a byte order mark, CRLF and blank lines are allowed. A line
 * that is no JSON, no UTF-8, or too long becomes a row with its error (JSON_MALFORMED, NOT_UTF8, LINE_TOO_LONG), and
 * reading goes on after it. An integer whose digits a number would change is what `exact` makes of them. Holds one
 * line. Throws DatasetError INVALID_OPTION.
 */
export async function* jsonRows(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  { maxLineBytes = DEFAULT_MAX_LINE_BYTES }: LineOptions = {},
  exact: ExactInteger = BigInt,
): AsyncGenerator<LocatedRow> {
  if (!(Number.isInteger(maxLineBytes) && maxLineBytes >= 1))
    throw new DatasetError('INVALID_OPTION', `maxLineBytes: expected a whole number ≥ 1, is ${maxLineBytes}`)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let line = 0
  for await (const { bytes, length } of byteLines(chunks, maxLineBytes)) {
    line++
    const place = { file, line }
    if (bytes === undefined) {
      const detail = `the line has ${length} bytes, more than maxLineBytes = ${maxLineBytes}`
      yield { place, error: new DatasetError('LINE_TOO_LONG', detail, place) }
      continue
    }
    let text: string
    try {
      text = decoder.decode(bytes)
    } catch (cause) {
      yield { place, error: new DatasetError('NOT_UTF8', 'the line is not UTF-8', place, { cause }) }
      continue
    }
    if (line === 1) text = text.replace(/^\uFEFF/, '')
    if (text.trim() !== '') yield parseLine(text, place, exact)
  }
}
