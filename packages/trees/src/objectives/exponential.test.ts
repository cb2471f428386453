import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exponential } from './exponential'

const exp = exponential()

it('is Math.exp to the last bit but one', () => {
  fc.assert(
    fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
      // One unit in the last place of each.
      expect(Math.abs(exp(x) - Math.exp(x))).toBeLessThanOrEqual(2 ** -52 * Math.exp(x))
    }),
    { numRuns: 20_000 },
  )
})

it.each([
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  710,
  -745,
  -746,
  1e300,
  -1e300,
])('e^%s is as Math.exp has it', (x) => {
  expect(exp(x)).toBe(Math.exp(x))
})
