import { evaluateComparisons } from '@prefkit/evals'
import { expect, test } from 'vitest'
import { fromComparisonReport } from './from-comparison-report'

const scores = { chosenScores: [1, 2, 0], rejectedScores: [0, 1, 1] }

test('carries the figures over, and prefers the interval over groups', () => {
  const report = evaluateComparisons({ ...scores, groups: [1, 1, 2] })
  const { models, reliability, length } = fromComparisonReport(report, {
    model: 'BT',
    dataset: 'd',
    trainingSeconds: 4,
  })
  expect(models).toMatchObject([{ name: 'BT', dataset: 'd', accuracy: 2 / 3, pairs: 3, trainingSeconds: 4 }])
  expect(models[0]!.interval).toBe(report.accuracy.bootstrap)
  expect(reliability).toEqual([{ model: 'BT', dataset: 'd', bins: report.calibration.bins }])
  expect(length).toEqual([])
})

test('without groups the interval is Wilson’s; lengths come along when measured', () => {
  const report = evaluateComparisons({ ...scores, chosenLengths: [3, 2, 1], rejectedLengths: [1, 2, 3] })
  const { models, length } = fromComparisonReport(report, { model: 'BT' })
  expect(models[0]!.interval).toBe(report.accuracy.wilson)
  expect(length).toEqual([{ model: 'BT', dataset: undefined, length: report.length }])
})
