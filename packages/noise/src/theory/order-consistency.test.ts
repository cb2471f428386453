import { sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flipLabels } from '../annotators/flip-labels'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { uniformsFrom } from '../random/streams'
import { fiveErrors } from '../testing/sampling-error'
import { orderConsistencyBound, populationOrderConsistencyBound } from './order-consistency'

const share = (max: number) => fc.double({ min: 0, max, noNaN: true })
const quality = fc.double({ min: 0.5, max: 1, noNaN: true })

test('the sharp bound is the larger one wherever ξ ≥ 2ε, by (1 − ξ)(ξ − 2ε)', () => {
  fc.assert(
    fc.property(quality, share(1), (xi, error) => {
      const { bound, sharpBound } = orderConsistencyBound({ quality: xi, error })
      const excess = Math.max(0, xi - error) - bound
      expect(sharpBound - bound).toBe(excess)
      if (xi >= 2 * error) expect(excess).toBeGreaterThan(-1e-15)
      if (xi >= error) expect(Math.abs(excess - (1 - xi) * (xi - 2 * error))).toBeLessThan(1e-14)
    }),
  )
})

const count = 200_000

/** A model that differs from labels with probability ε; `rightFirst` says whether it errs on right labels alone. */
function orderings(labels: Int8Array, error: number, xi: number, rightFirst: boolean): Int8Array {
  if (!rightFirst) return flipLabels(labels, { rate: error, seed: 9 })
  const uniform = uniformsFrom([4])
  return labels.map((label) => (label === 1 && uniform() < error / xi ? -1 : label))
}

test.each([
  [0.05, 0.3],
  [0.15, 1.2],
  [0.24, 0.01],
  [0.1, 4],
])(
  'simulated models that fit simulated labels up to ε = %d keep to both bounds at βΔr = %d',
  (error, delta) => {
    const labels = simulateAnnotations(new Float64Array(count).fill(delta), logisticAnnotator())
    const xi = sigmoid(delta)
    const { bound, sharpBound } = orderConsistencyBound({ quality: xi, error })
    const rightShare = (rightFirst: boolean) =>
      orderings(labels, error, xi, rightFirst).filter((order) => order === 1).length / count
    for (const rightFirst of [false, true]) {
      const right = rightShare(rightFirst)
      const slack = fiveErrors(right, count)
      expect(right).toBeGreaterThan(bound - slack)
      expect(right).toBeGreaterThan(sharpBound - slack)
    }
    // The model that errs only on right labels attains the sharp bound.
    expect(Math.abs(rightShare(true) - sharpBound)).toBeLessThan(2 * fiveErrors(sharpBound, count))
  },
)

test('for an ε that is not small, the paper’s bound is above what is attained', () => {
  const { bound, sharpBound } = orderConsistencyBound({ quality: 0.5, error: 0.4 })
  expect(bound).toBeCloseTo(0.25, 12)
  expect(sharpBound).toBeCloseTo(0.1, 12)
})

test('the quality asked for is where each bound reaches 1 − 4ε', () => {
  fc.assert(
    fc.property(share(0.2), (error) => {
      const { requiredQuality, sharpRequiredQuality } = populationOrderConsistencyBound({ error })
      const { bound } = orderConsistencyBound({ quality: requiredQuality, error })
      const { sharpBound } = orderConsistencyBound({ quality: sharpRequiredQuality, error })
      if (requiredQuality > 0.5) expect(Math.abs(bound - (1 - 4 * error))).toBeLessThan(1e-12)
      expect(bound).toBeGreaterThan(1 - 4 * error - 1e-12)
      expect(sharpBound).toBeGreaterThan(1 - 4 * error - 1e-12)
      expect(sharpRequiredQuality).toBeLessThan(requiredQuality + 1e-12)
    }),
  )
})

test('a population of good and bad labels and of fitted and unfitted pairs keeps to the corollary', () => {
  const [error, kappa, delta] = [0.05, 0.1, 0.03]
  const { bound, requiredQuality } = populationOrderConsistencyBound({ error, kappa, delta })
  expect(bound).toBeCloseTo(0.67, 12)
  const uniform = uniformsFrom([11])
  let right = 0
  for (let i = 0; i < count; i++) {
    const xi = uniform() < kappa ? 0.5 : requiredQuality
    const labelRight = uniform() < xi
    const differs = uniform() < delta || (labelRight && uniform() < error / xi)
    right += Number(labelRight !== differs)
  }
  expect(right / count).toBeGreaterThan(bound - fiveErrors(bound, count))
})

test.each([
  ['OUT_OF_RANGE', () => orderConsistencyBound({ quality: 0.4, error: 0.1 })],
  ['OUT_OF_RANGE', () => orderConsistencyBound({ quality: 0.6, error: -0.1 })],
  ['INVALID_OPTION', () => orderConsistencyBound({ quality: 0.6, error: 0.1, kappa: 0 } as never)],
  ['OUT_OF_RANGE', () => populationOrderConsistencyBound({ error: 0.3 })],
  ['OUT_OF_RANGE', () => populationOrderConsistencyBound({ error: 0.1, kappa: 2 })],
])('%s: %s', (code, call) => {
  expect(call).toThrow(expect.objectContaining({ code }))
})

test('with nothing left the bound is 0, not negative', () => {
  expect(populationOrderConsistencyBound({ error: 0.2, kappa: 0.5 }).bound).toBe(0)
})
