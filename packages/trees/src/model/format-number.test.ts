import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatGeneral } from './format-number'

it.each<[number, number, string]>([
  // printf("%g"), of numbers half-way between two of six digits: the even one.
  [1234565, 6, '1.23456e+06'],
  [1234575, 6, '1.23458e+06'],
  [1000.125, 6, '1000.12'],
  [1000.375, 6, '1000.38'],
  [0.5, 6, '0.5'],
  [999999.5, 6, '1e+06'],
  [100000, 6, '100000'],
  [1e6, 6, '1e+06'],
  [0.0001, 6, '0.0001'],
  [0.00001, 6, '1e-05'],
  [-0, 6, '-0'],
  [0, 17, '0'],
  [0.1, 17, '0.10000000000000001'],
  [2 ** 49 + 0.125, 17, '562949953421312.12'],
  [2 ** 49 + 0.375, 17, '562949953421312.38'],
  [1e16, 17, '10000000000000000'],
  [1e17, 17, '1e+17'],
  [-5e-324, 17, '-4.9406564584124654e-324'],
  [Number.POSITIVE_INFINITY, 17, 'inf'],
  [Number.NEGATIVE_INFINITY, 6, '-inf'],
  [Number.NaN, 6, 'nan'],
])('writes %d with %i digits as C does: %s', (value, digits, text) => {
  expect(formatGeneral(value, digits)).toBe(text)
})

it('gives every number back from 17 digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Object.is(Number(formatGeneral(value, 17)), value)).toBe(true)
    }),
    { numRuns: 2000, seed: 9 },
  )
})
