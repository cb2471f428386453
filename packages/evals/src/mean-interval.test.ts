import { expect, test } from 'vitest'
import { meanInterval, studentQuantile } from './mean-interval'

/** Inverses that have closed forms, for P(|T| ≤ t) = c. */
const closed: Readonly<Record<number, (c: number) => number>> = {
  1: (c) => Math.tan((Math.PI * c) / 2),
  2: (c) => c / Math.sqrt((1 - c * c) / 2),
  4: (c) => {
    const alpha = 1 - c * c
    return 2 * Math.sqrt(Math.cos(Math.acos(Math.sqrt(alpha)) / 3) / Math.sqrt(alpha) - 1)
  },
}

test.each([0.1, 0.5, 0.8, 0.9, 0.95, 0.99])('quantiles at %d are those of closed forms', (confidence) => {
  for (const [freedom, quantile] of Object.entries(closed)) {
    const expected = quantile(confidence)
    // Halving an angle leaves an error of 1e-16 of it, which the tangent near π/2 magnifies by up to 100.
    expect(studentQuantile(confidence, Number(freedom)) / expected).toBeCloseTo(1, 12)
  }
})

test.each([
  [3, 3.182],
  [5, 2.571],
  [9, 2.262],
  [10, 2.228],
  [29, 2.045],
  [30, 2.042],
  [120, 1.98],
])('with %d degrees of freedom 95 %% lie within %d, as in tables', (freedom, expected) => {
  expect(studentQuantile(0.95, freedom)).toBeCloseTo(expected, 3)
})

test('an interval is the mean, and t standard errors about it', () => {
  const { mean, low, high, count, confidence } = meanInterval([1, 2, 3])
  expect({ mean, count, confidence }).toEqual({ mean: 2, count: 3, confidence: 0.95 })
  const half = closed[2]!(0.95) / Math.sqrt(3)
  expect(low).toBeCloseTo(2 - half, 12)
  expect(high).toBeCloseTo(2 + half, 12)
})

test('equal values have no width, one value has no bounds', () => {
  expect(meanInterval([4, 4, 4])).toMatchObject({ mean: 4, low: 4, high: 4 })
  expect(meanInterval([4])).toMatchObject({ mean: 4, low: -Infinity, high: Infinity, count: 1 })
})

test('refuses nonsense by name', () => {
  expect(() => meanInterval([])).toThrow('values')
  expect(() => meanInterval([1, Number.NaN])).toThrow('values[1]')
  expect(() => meanInterval([1, 2], 95)).toThrow('confidence is 95; expected a number between 0 and 1')
})
