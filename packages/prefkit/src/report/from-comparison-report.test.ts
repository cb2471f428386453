import { evaluateComparisons } from '@prefkit/evals'
import { expect, test } from 'vitest'
import { fromComparisonReport } from './from-comparison-report'

const scores = { chosenScores: [1, 2, 0], rejectedScores: [0, 1, 1] }

/** Each of the scores a dozen times, a group a copy. */
const copies = Array.from({ length: 12 }, (_, i) => i)
const many = {
  chosenScores: copies.flatMap(() => scores.chosenScores),
  rejectedScores: copies.flatMap((i) => (i === 0 ? [2, 3, 1] : scores.rejectedScores)),
}

test('carries the figures over, and prefers the interval over groups', () => {
  const report = evaluateComparisons({ ...many, groups: copies.flatMap((i) => [i, i, i]) })
  const { models, reliability, length } = fromComparisonReport(report, {
    model: 'BT',
    dataset: 'd',
    trainingSeconds: 4,
  })
  expect(models).toMatchObject([
    { name: 'BT', dataset: 'd', accuracy: 22 / 36, pairs: 36, trainingSeconds: 4 },
  ])
  expect(models[0]!.interval).toBe(report.accuracy.bootstrap)
  expect(reliability).toEqual([{ model: 'BT', dataset: 'd', bins: report.calibration.bins }])
  expect(length).toEqual([])
})

test('the interval is Wilson’s where groups are few or all alike', () => {
  for (const groups of [copies.flatMap((i) => [i % 5, i % 5, i % 5]), copies.flatMap((i) => [i, i, i])]) {
    const rejectedScores = many.chosenScores.map((score) => score - 1)
    const report = evaluateComparisons({ chosenScores: many.chosenScores, rejectedScores, groups })
    expect(report.accuracy.bootstrap).toBeDefined()
    expect(fromComparisonReport(report, { model: 'BT' }).models[0]!.interval).toBe(report.accuracy.wilson)
  }
})

test('without groups the interval is Wilson’s; lengths come along when measured', () => {
  const report = evaluateComparisons({ ...scores, chosenLengths: [3, 2, 1], rejectedLengths: [1, 2, 3] })
  const { models, length } = fromComparisonReport(report, { model: 'BT' })
  expect(models[0]!.interval).toBe(report.accuracy.wilson)
  expect(length).toEqual([{ model: 'BT', dataset: undefined, length: report.length }])
})
