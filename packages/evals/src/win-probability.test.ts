import { expect, test } from 'vitest'
import { comparisonLogLoss, winProbability } from './win-probability'

test('σ and −log σ hold at the extremes', () => {
  expect(winProbability(0)).toBe(0.5)
  expect(winProbability(-800)).toBe(0)
  expect(winProbability(-700)).toBeGreaterThan(0)
  expect(winProbability(1e308)).toBe(1)
  expect(comparisonLogLoss(0)).toBe(Math.LN2)
  expect(comparisonLogLoss(-1000)).toBe(1000)
  expect(comparisonLogLoss(40)).toBe(Math.exp(-40))
  for (const m of [-30, -2, -0.1, 0.3, 5]) {
    expect(comparisonLogLoss(m)).toBeCloseTo(-Math.log(winProbability(m)), 12)
    expect(winProbability(m) + winProbability(-m)).toBeCloseTo(1, 15)
  }
})
