import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brierDecomposition, brierScore } from './brier-score'
import { goldens } from './goldens/load-goldens'

test('is scikit-learn’s', () => {
  expect(brierScore(goldens.calibration.p, goldens.calibration.outcomes)).toBeCloseTo(
    goldens.calibration.brier,
    13,
  )
})

test('the parts add up exactly, for any bins and fractional outcomes', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(share, share), { minLength: 1 }),
      fc.integer({ min: 1, max: 12 }),
      (rows, bins) => {
        const part = brierDecomposition(
          rows.map(([p]) => p),
          rows.map(([, y]) => y),
          { bins },
        )
        const sum = part.reliability - part.resolution + part.uncertainty + part.withinBin
        expect(sum).toBeCloseTo(part.brier, 12)
      },
    ),
  )
})

test('with one prediction value a bin, nothing hides within bins', () => {
  const part = brierDecomposition([0.25, 0.25, 0.25, 0.25, 0.75, 0.75], [0, 0, 0, 1, 1, 0])
  expect(part.withinBin).toBe(0)
  expect(part.reliability).toBeCloseTo((2 / 6) * 0.0625, 15)
  expect(part.uncertainty).toBeCloseTo(2 / 9, 15)
})

test('refuses bad input by name', () => {
  expect(() => brierScore([0.5], [1, 0])).toThrow('outcomes has 2 values and probabilities has 1')
  expect(() => brierDecomposition([-0.1], [1])).toThrow('probabilities[0] is -0.1')
})
