import { expect } from 'vitest'
import type { Parsed } from '../parsed'

/** A row of a table of texts: the text, how sure its parse is, its value or values, and some words of repairs or reason. */
export type ParseRow<Answer> = readonly [
  text: string,
  status: Parsed<Answer>['status'],
  value?: Answer | readonly Answer[] | undefined,
  words?: string,
]

/** Expects a parse to be what a row says; `missing` rows name the cause before a colon. */
export function expectParse<Answer>(
  parsed: Parsed<Answer>,
  [, status, value, words = '']: ParseRow<Answer>,
): void {
  expect(parsed.status, JSON.stringify(parsed)).toBe(status)
  if (parsed.status === 'exact') expect(parsed).toEqual({ status, value })
  if (parsed.status === 'recovered') {
    expect(parsed.value).toEqual(value)
    expect(parsed.repairs.length).toBeGreaterThan(0)
    expect(parsed.repairs.join('; ')).toContain(words)
  }
  if (parsed.status === 'ambiguous') {
    expect(parsed.candidates).toEqual(value)
    expect(parsed.reason).toContain(words)
  }
  if (parsed.status === 'missing') expect(`${parsed.cause}: ${parsed.reason}`).toContain(words)
}
