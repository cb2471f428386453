import { expect, it } from 'vitest'
import { fingerprintValue } from './fingerprint-value'

it('is of what a value says, not of how it is written', () => {
  const value = { b: [1, { d: null, c: 'x' }], a: undefined, 10: true }
  const read = JSON.parse('{ "b": [1, {"c": "x", "d": null}], "10": true }')
  expect(fingerprintValue(value)).toBe(fingerprintValue(read))
  for (const other of [{ ...read, b: [{ c: 'x', d: null }, 1] }, { ...read, 10: 'true' }, { b: read.b }])
    expect(fingerprintValue(other)).not.toBe(fingerprintValue(read))
})
