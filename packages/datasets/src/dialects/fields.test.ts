import { expect, test } from 'vitest'
import { z } from 'zod'
import { chat, fieldSchemas, optional, parseFields, textOrChat } from './fields'

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
