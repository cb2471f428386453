import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseRows } from '../parse-rows'
import { chat, fieldSchemas, finiteNumber, optional, parseFields, textOrChat } from './fields'

const turn = (role: string) => [{ role, content: role }]
const conversations = {
  chosen: [...turn('user'), ...turn('assistant')],
  rejected: [...turn('user'), ...turn('assistant')],
}

const row = z.object({ chosen: chat })
const parse = (messages: unknown) => parseFields(row, { chosen: messages }).chosen

test('messages keep role and text; text parts are joined', () => {
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ]
  expect(parse([{ role: 'user', content: parts, name: 'x', tool_calls: [] }])).toEqual([
    { role: 'user', content: 'ab' },
  ])
})

test('what text cannot hold is refused with its path', () => {
  const image = [{ type: 'text', text: 'a' }, { type: 'image_url' }]
  expect(() => parse([{ role: 'user', content: image }])).toThrowError(
    'field "chosen[0].content[1].type": only text parts can be read, is the text "image_url"',
  )
  expect(() => parse([{ role: 'assistant', content: '', tool_calls: [{}] }])).toThrowError(
    'field "chosen[0].tool_calls": messages with tool calls cannot be read, is a list of 1',
  )
  expect(() => parse([{ role: 'assistant', content: null }])).toThrowError(
    /field "chosen\[0\]\.content": expected .*is null/,
  )
})

test('long values are shortened in messages', () => {
  expect(() => parse('x'.repeat(100))).toThrowError(`expected array, is the text "${'x'.repeat(40)}…"`)
  expect(() => parseFields(z.object({ p: textOrChat }), { p: {} })).toThrowError(
    'field "p": expected text or a list of {role, content} messages, is an object',
  )
})

test('null is absent where a field is optional', () => {
  const schema = z.object({ margin: optional(z.number()) })
  expect(parseFields(schema, { margin: null })).toEqual({ margin: undefined })
  expect(() => parseFields(schema, { margin: Number.POSITIVE_INFINITY })).toThrowError(
    'field "margin": expected a finite number, is Infinity',
  )
})

test('a schema is built once for each set of names', () => {
  const schemas = fieldSchemas(z.string())
  expect(schemas('a', 'b')).toBe(schemas('a', 'b'))
  expect(schemas('a')).not.toBe(schemas('b'))
})

test('a long integer is a number where one is wanted, unless it is past them all', () => {
  const schema = z.object({ score: finiteNumber, margin: optional(finiteNumber) })
  expect(parseFields(schema, { score: 12345678901234567890n })).toEqual({
    score: Number(12345678901234567890n),
  })
  expect(parseFields(schema, { score: 1, margin: -9007199254740993n }).margin).toBe(-9007199254740992)
  expect(() => parseFields(schema, { score: BigInt(`1${'0'.repeat(400)}`) })).toThrowError(
    'field "score": expected a finite number, is Infinity',
  )
  expect(() => parseFields(schema, { score: '1' })).toThrowError('expected number, is the text "1"')
  expect(() => parseFields(schema, {})).toThrowError('field "score": is missing')
})

test.each([
  ['helpfulness', { prompt: 'p', response: 'r' }, { prompt: 'p', response: 's', helpfulness: 1 }],
  ['margin', { prompt: 'p', chosen: 'c', rejected: 'r' }, { prompt: 'p', chosen: 'c', rejected: 'r' }],
  ['preference_strength', { prompt: 'p', response_a: 'a', response_b: 'b' }, undefined],
  ['score_chosen', { ...conversations, score_rejected: 1 }, undefined],
])('a long integer may be the %s of a row', async (field, row, other) => {
  const rows = [{ ...row, [field]: 12345678901234567890n }, ...(other === undefined ? [] : [other])]
  const { comparisons } = await parseRows(rows)
  expect(comparisons[0]?.margin).toBe(Number(12345678901234567890n))
})
