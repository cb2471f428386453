import { expect, test } from 'vitest'
import { calibrateComparisons } from './calibrate-comparisons'
import { goldens } from './goldens/load-goldens'

const { margins, comparisonBrier, comparisonLogLoss } = goldens.calibration
const zeros = margins.map(() => 0)

test('Brier and log-loss are scikit-learn’s over both orders', () => {
  const result = calibrateComparisons(margins, zeros)
  expect(result.brier.brier).toBeCloseTo(comparisonBrier, 13)
  expect(result.logLoss).toBeCloseTo(comparisonLogLoss, 12)
  expect(result.brier.uncertainty).toBeCloseTo(0.25, 13)
})

test('reliability does not depend on which side is written first', () => {
  const flipped = margins.map((m, i) => (i % 3 === 0 ? -m : m))
  const share = (bins: { count: number }[]) => bins.map(({ count }) => count)
  expect(share(calibrateComparisons(flipped, zeros).bins)).toEqual(
    share(calibrateComparisons(margins, zeros).bins),
  )
})

test('a model that always ties is perfectly calibrated and knows nothing', () => {
  const result = calibrateComparisons([1, 1], [1, 1])
  expect(result).toMatchObject({ expectedCalibrationError: 0, logLoss: Math.LN2 })
  expect(result.bins).toMatchObject([{ predicted: 0.5, observed: 0.5, count: 2 }])
  expect(result.brier.brier).toBe(0.25)
  expect(result.temperature.status).toBe('uninformative')
})

test('a model that is sure and wrong a quarter of the time shows it', () => {
  const result = calibrateComparisons([50, 50, 50, -50], [0, 0, 0, 0])
  expect(result.expectedCalibrationError).toBeCloseTo(0.25, 12)
  expect(result.logLoss).toBeCloseTo(12.5, 12)
  expect(result.brier.brier).toBeCloseTo(0.25, 12)
})
