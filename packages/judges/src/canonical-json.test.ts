import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, strictJson } from './canonical-json'

/** The same value with the keys of every object in the reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  )
}

test('says the same whatever the order of keys, and holds the whole value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson('value', value)
      expect(canonicalJson('value', reversed(value))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('different values have different texts', () => {
  const texts = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, [{ a: 1 }], { a: null }, {}].map((value) =>
    canonicalJson('value', value),
  )
  expect(new Set(texts).size).toBe(texts.length)
  expect(canonicalJson('value', { a: 1, b: undefined })).toBe('{"a":1}')
})

test.each([
  [{ a: [1, Number.NaN] }, 'value.a[1] is NaN'],
  [{ a: Number.POSITIVE_INFINITY }, 'value.a is Infinity'],
  [{ f: () => 1 }, 'value.f is () => 1'],
  [{ when: new Date(0) }, 'value.when is an object with a class'],
  [3n, 'value is 3'],
])('refuses what JSON cannot hold: %o', (value, message) => {
  expect(() => canonicalJson('value', value)).toThrow(message)
})

test('cycles are refused', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  expect(() => canonicalJson('value', cycle)).toThrow('value.self is an object with a class or a cycle')
})

test('what is written down has no numbers that JSON would turn into null', () => {
  expect(strictJson('result', { b: 1, a: 'x' })).toBe('{"b":1,"a":"x"}')
  expect(() => strictJson('result', { a: Number.NEGATIVE_INFINITY })).toThrow('result, at "a" is -Infinity')
  expect(() => strictJson('result', undefined)).toThrow('result is undefined')
})
