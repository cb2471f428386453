import { expect, it } from 'vitest'
import { firstReaching } from './plan-results'

it('a curve reaches the target on a line over log labels', () => {
  const points = [
    { labels: 100, value: 0.7 },
    { labels: 400, value: 0.8 },
    { labels: 1600, value: 0.9 },
  ]
  expect(firstReaching(points, 0.75)).toBeCloseTo(200, 9)
  expect(firstReaching(points, 0.9)).toBeCloseTo(1600, 9)
  expect(firstReaching(points, 0.6)).toBe(100)
  expect(firstReaching(points, 0.95)).toBe(null)
  expect(firstReaching([], 0.9)).toBe(null)
})
