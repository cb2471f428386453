import { describe, expect, it } from 'vitest'
import { checkOptions, excerpt } from './check-options'

describe('excerpt', () => {
  it.each<[unknown, string]>([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [[1, Number.NaN, null], '[1,NaN,null]'],
    [{ seed: Number.POSITIVE_INFINITY }, '{"seed":Infinity}'],
    [undefined, 'undefined'],
    [[undefined], '[undefined]'],
    [7n, '7n'],
    [() => 1, 'a function'],
    ['NaN', '"NaN"'],
    [['undefined'], '["undefined"]'],
    [null, 'null'],
  ])('says what %o is', (value, text) => {
    expect(excerpt(value)).toBe(text)
  })

  it('stays short', () => {
    expect(excerpt('a'.repeat(1000))).toHaveLength(81)
  })
})

it('names an option that there is not', () => {
  const options = { temprature: 1 } as { temperature?: number }
  expect(() => checkOptions('generate', options, { temperature: true })).toThrow(/generate: .*temprature/)
})
