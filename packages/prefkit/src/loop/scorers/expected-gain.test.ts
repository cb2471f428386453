import { expect, it } from 'vitest'
import { expectedGain } from './expected-gain'

/** The same expectation by the distribution of the largest, summed over a fine grid. */
function byGrid(mean: number, deviation: number, best: number, draws: number): number {
  const step = 1e-4
  let below = 0
  let total = 0
  for (let z = -8; z < 8; z += step) {
    const next = below + (step * Math.exp(-((z + step / 2) ** 2) / 2)) / Math.sqrt(2 * Math.PI)
    const score = mean + deviation * (z + step / 2)
    total += (next ** draws - below ** draws) * Math.max(0, 1 / (1 + Math.exp(best - score)) - 0.5)
    below = next
  }
  return total
}

it.each([1, 5, 30])('is what the largest of %i normal scores wins over the best', (draws) => {
  const scores = [0.3, -1.2, 0.8, 1.1, -0.4]
  const mean = 0.12
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 4)
  // The grid of quantiles is coarse in the tails.
  expect(Math.abs(expectedGain(scores, draws) - byGrid(mean, deviation, 1.1, draws))).toBeLessThan(1e-4)
})

it('grows with draws and spread, and is nothing where all are alike', () => {
  expect(expectedGain([2, 2, 2], 10)).toBe(0)
  expect(expectedGain([0, 1], 5)).toBeGreaterThan(expectedGain([0, 1], 1))
  expect(expectedGain([0, 1, 2], 5)).toBeGreaterThan(expectedGain([0, 0.1, 0.2], 5))
  expect(expectedGain([0, 1, 2, 9], 5)).toBeLessThan(0.5)
})
