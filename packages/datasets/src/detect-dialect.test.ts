import { expect, test } from 'vitest'
import { detectDialect } from './detect-dialect'
import type { Row } from './dialects/dialect'

const at = (...values: Row[]) =>
  values.map((value, i) => ({ value, place: { file: 'f.jsonl', line: i + 1 } }))
const trl = { prompt: 'p', chosen: 'a', rejected: 'b' }

test('states the dialect and why', () => {
  expect(detectDialect(at(trl, trl))).toEqual({
    dialect: 'trl',
    why: 'prompt, chosen and rejected are text',
  })
})

test('rows of no dialect are left to the parser while another row has one', () => {
  expect(detectDialect(at({ prompt: 'p', chosen: 3 }, trl)).dialect).toBe('trl')
})

test('unknown rows: the fields seen, the nearest dialect and what it needs', () => {
  const error = expect.objectContaining({
    code: 'DIALECT_UNKNOWN',
    place: { file: 'f.jsonl', line: 1 },
    message: expect.stringMatching(
      /^f\.jsonl:1: .*the fields are prompt, chosen, reject\. The nearest is "trl" .*which also needs "rejected"$/,
    ),
  })
  expect(() => detectDialect(at({ prompt: 'p', chosen: 'a', reject: 'b' }))).toThrowError(error)
})

test('fields that are all there but do not fit: the nearest dialect says which', () => {
  expect(() => detectDialect(at({ ...trl, chosen: 3 }))).toThrowError(
    /"trl" .*but field "chosen": expected string, is number 3$/,
  )
  expect(() => detectDialect(at({ question: 'q' }))).toThrowError(
    /the fields are question\. Dialects: rm-bench,/,
  )
  expect(() => detectDialect(at({}))).toThrowError(/the row has no fields/)
})

test('mixed rows: both dialects with their lines', () => {
  const error = expect.objectContaining({
    code: 'DIALECT_MIXED',
    message: expect.stringMatching(
      /^f\.jsonl: .*line 1 is "trl" .*line 3 is "kto" .*Name the dialect of the input/,
    ),
  })
  const kto = { prompt: 'p', completion: 'c', label: false }
  expect(() => detectDialect(at(trl, trl, kto))).toThrowError(error)
})
