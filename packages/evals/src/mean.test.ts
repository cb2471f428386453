import { expect, test } from 'vitest'
import { mean, sampleDeviation } from './mean'

test('the mean of plain and typed arrays; of nothing there is none', () => {
  expect(mean([1, 2, 6])).toBe(3)
  expect(mean(Float32Array.of(0.5, 1))).toBe(0.75)
  expect(mean([])).toBeNaN()
})

test('the standard deviation is over n − 1; of one value there is none', () => {
  expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14)
  expect(sampleDeviation([3, 3, 3])).toBe(0)
  expect(sampleDeviation([3])).toBeNaN()
  expect(sampleDeviation([])).toBeNaN()
})
