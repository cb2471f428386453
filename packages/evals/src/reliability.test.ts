import fc from 'fast-check'
import { expect, test } from 'vitest'
import { goldens } from './goldens/load-goldens'
import { reliability } from './reliability'

const { calibration } = goldens

test('equal-width bins, ECE and MCE are scikit-learn’s', () => {
  const result = reliability(calibration.p, calibration.outcomes)
  expect(result.bins).toHaveLength(calibration.bins.length)
  for (const [i, bin] of calibration.bins.entries()) {
    expect(result.bins[i]!.count).toBe(bin.count)
    expect(result.bins[i]!.predicted).toBeCloseTo(bin.predicted, 12)
    expect(result.bins[i]!.observed).toBeCloseTo(bin.observed, 12)
  }
  expect(result.expectedCalibrationError).toBeCloseTo(calibration.ece, 12)
  expect(result.maximumCalibrationError).toBeCloseTo(calibration.mce, 12)
})

test('bins by mass hold nearly equal numbers and never part equal predictions', () => {
  const { bins } = reliability(calibration.p, calibration.outcomes, { strategy: 'mass', bins: 8 })
  expect(bins.map(({ count }) => count)).toEqual(Array(8).fill(50))
  expect(reliability([0.5, 0.5, 0.5, 0.9], [1, 0, 1, 1], { strategy: 'mass', bins: 2 }).bins).toMatchObject([
    { low: 0.5, high: 0.5, count: 3 },
    { low: 0.9, high: 0.9, count: 1 },
  ])
})

test('a prediction on an edge belongs to the bin above, save at the top', () => {
  const p = [0, 0.1, 0.2, 0.3, 0.6, 0.7, 1]
  const { bins } = reliability(
    p,
    p.map(() => 1),
  )
  expect(bins.map(({ low }) => Math.round(low * 10))).toEqual([0, 1, 2, 3, 6, 7, 9])
})

test('every row is in one bin, whatever the bins', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const strategy = fc.constantFrom('width' as const, 'mass' as const)
  fc.assert(
    fc.property(
      fc.array(share, { minLength: 1 }),
      fc.integer({ min: 1, max: 30 }),
      strategy,
      (p, bins, how) => {
        const result = reliability(p, p, { bins, strategy: how })
        expect(result.bins.reduce((sum, { count }) => sum + count, 0)).toBe(p.length)
        expect(result.bins.length).toBeLessThanOrEqual(bins)
        expect(result.expectedCalibrationError).toBeLessThan(1e-12)
        for (const bin of result.bins) {
          expect(bin.predicted).toBeGreaterThanOrEqual(bin.low - 1e-12)
          expect(bin.predicted).toBeLessThanOrEqual(bin.high + 1e-12)
        }
      },
    ),
  )
})

test('refuses bad input by name', () => {
  expect(() => reliability([], [])).toThrow('probabilities is empty')
  expect(() => reliability([1.2], [1])).toThrow('probabilities[0] is 1.2; expected a number from 0 to 1')
  expect(() => reliability([0.3], [1], { range: [0.5, 1] })).toThrow('expected a number from 0.5 to 1')
  expect(() => reliability([0.3], [2])).toThrow('outcomes[0] is 2')
  expect(() => reliability([0.3], [1], { bins: 0 })).toThrow('bins is 0')
  expect(() => reliability([0.3], [1], { range: [1, 0] })).toThrow('range is [1, 0]; expected low < high')
})
