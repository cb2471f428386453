import { invalidModel, quoted } from './model-error'
import type { Field } from './read-numbers'

/** A cursor over the lines of a model's text. */
export interface ModelLines {
  readonly lines: readonly string[]
  /** Index of the line that comes next. */
  next: number
}

/** Lines of a text with LF or CRLF ends, after a byte order mark if there is one. */
export const modelLines = (text: string): ModelLines => ({
  lines: text.replace(/^\uFEFF/, '').split(/\r?\n/),
  next: 0,
})

/** The next line that is not blank, which stays the next one; undefined at the end. */
export function peekLine(lines: ModelLines): string | undefined {
  while (lines.lines[lines.next] === '') lines.next += 1
  return lines.lines[lines.next]
}

/**
 * Fields `key=text` up to `isEnd`'s line, or to the end of the text. Each key is one of `known`, and comes once;
 * `average_output` alone has no text.
 */
export function readFields(
  lines: ModelLines,
  known: ReadonlySet<string>,
  isEnd: (line: string) => boolean,
): Map<string, Field> {
  const fields = new Map<string, Field>()
  for (; lines.next < lines.lines.length; lines.next++) {
    const text = lines.lines[lines.next]!
    if (isEnd(text)) break
    if (text === '') continue
    const line = lines.next + 1
    const equals = text.indexOf('=')
    const key = equals < 0 ? text : text.slice(0, equals)
    if (!known.has(key) || equals < 0 !== (key === 'average_output')) {
      throw invalidModel(
        line,
        `found ${quoted(text)}; expected a line key=… of one of ${[...known].join(', ')}`,
      )
    }
    if (fields.has(key)) {
      throw invalidModel(line, `${key} a second time, after line ${fields.get(key)!.line}; expected it once`)
    }
    fields.set(key, { key, text: equals < 0 ? '' : text.slice(equals + 1), line })
  }
  return fields
}

/** A field that has to be there; `line` is where its group begins. */
export function required(fields: ReadonlyMap<string, Field>, key: string, line: number, what: string): Field {
  const field = fields.get(key)
  if (field !== undefined) return field
  throw invalidModel(line, `${what} has no ${key}; expected a line ${key}=…`)
}
