import { describe, expect, it } from 'vitest'
import { shown } from './shown'

describe('shown', () => {
  it.each([
    ['0', "'0'"],
    ["a\n'", "'a\\n''"],
    [2n, '2n'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [Symbol('x'), 'Symbol(x)'],
    [() => 1, 'function'],
    [Math.max, 'function max'],
    [[1, '2', [3]], "Array(3) [1, '2', Array(1)]"],
    [[], 'Array(0) []'],
    [new Uint8Array(2000), 'Uint8Array(2000) [0, 0, 0, 0, 0, …]'],
    [{}, 'Object {}'],
    [{ a: 1, b: 2 }, 'Object { a, b }'],
    [new Map(), 'Map {}'],
    [Object.create(null), 'Object {}'],
    [new DataView(new ArrayBuffer(1)), 'DataView {}'],
  ])('%# says what a value is', (value, text) => {
    expect(shown(value)).toBe(text)
  })

  it('is short, whatever the value', () => {
    const long = 'x'.repeat(1e6)
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${long.slice(0, 99)}${i}`, i]))
    for (const value of [long, [long, long, long, long, long, long], 10n ** 1000n, many, Symbol(long)]) {
      expect(shown(value).length).toBeLessThan(400)
    }
    expect(shown(long)).toContain('of 1000000 characters')
  })
})
