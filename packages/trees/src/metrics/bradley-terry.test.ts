import { expect, it } from 'vitest'
import type { PreferencePairs } from '../data/training-data'
import { objectiveData } from '../testing/objective-data'
import { createMetrics } from './create-metrics'

const values = (pairs: PreferencePairs, scores: readonly number[], label_smoothing = 0) => {
  const metric = ['bradley_terry', 'pairwise_accuracy']
  const options = { objective: 'bradley_terry', metric, label_smoothing } as const
  const { parameters, data } = objectiveData(options, { pairs }, scores.length)
  return createMetrics(parameters, data).map(
    ({ evaluate }) => evaluate(Float64Array.from(scores), 'bradley_terry')[0]!,
  )
}

const logSigmoid = (x: number) => -Math.log1p(Math.exp(-x))

it('is the loss of the pairs and the share of them in the right order, by weight', () => {
  const scores = [0.5, -1, 0.5, 3]
  const [loss, accuracy] = values(
    { chosen: [0, 1, 0, 3], rejected: [1, 3, 2, 2], weight: [1, 2, 1, 4], preference: [1, 1, 1, 0.75] },
    scores,
  )
  const expected =
    logSigmoid(1.5) +
    2 * logSigmoid(-4) +
    logSigmoid(0) +
    4 * (0.75 * logSigmoid(2.5) + 0.25 * logSigmoid(-2.5))
  expect(loss).toBeCloseTo(-expected / 8, 14)
  expect(accuracy).toBe((1 + 0 + 0.5 + 4 * 0.75) / 8)
})

it('does not overflow, and takes preferences as they are', () => {
  const [loss] = values({ chosen: [0], rejected: [1] }, [-2000, 0], 0.2)
  expect(loss).toBe(2000)
})
