import fc from 'fast-check'
import { expect, it } from 'vitest'
import { percentile, weightedPercentile } from './percentile'

const values = fc.array(
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  {
    minLength: 1,
    maxLength: 60,
  },
)
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })

it('lies on the line between neighbours in sorted order', () => {
  fc.assert(
    fc.property(values, share, (numbers, alpha) => {
      const falling = [...numbers].sort((a, b) => b - a)
      const place = (numbers.length - 1) * (1 - alpha)
      const upper = falling[Math.floor(place)]!
      const lower = falling[Math.floor(place) + 1] ?? upper
      const expected = upper - (upper - lower) * (place - Math.floor(place))
      expect(percentile(Float64Array.from(numbers), numbers.length, alpha)).toBe(expected)
    }),
  )
})

it('of a part of the buffer leaves the rest as it is', () => {
  const buffer = Float64Array.of(3, 1, 2, 99, -99)
  expect(percentile(buffer, 3, 0.5)).toBe(2)
  expect([...buffer.subarray(3)]).toEqual([99, -99])
})

it('weighted: weights of one value or another do not take it out of the values, and a heavy one draws it', () => {
  fc.assert(
    fc.property(values, share, fc.nat(), (numbers, alpha, seed) => {
      const quantiles = weightedPercentile(numbers.length)
      quantiles.values.set(numbers)
      quantiles.weights.set(numbers.map((_, i) => ((i * 31 + seed) % 7) / 4))
      const value = quantiles.percentile(numbers.length, alpha)
      expect(value).toBeGreaterThanOrEqual(Math.min(...numbers))
      expect(value).toBeLessThanOrEqual(Math.max(...numbers))
      const heavy = seed % numbers.length
      quantiles.weights.set(numbers.map((_, i) => (i === heavy ? 1e9 : 1e-9)))
      const drawn = quantiles.percentile(numbers.length, alpha)
      const below = numbers.filter((number) => number < numbers[heavy]!)
      // Between the heavy value and the next below it.
      expect(drawn).toBeLessThanOrEqual(numbers[heavy]!)
      expect(drawn).toBeGreaterThanOrEqual(Math.max(...(below.length > 0 ? below : [numbers[heavy]!])))
    }),
  )
})
