import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TrainingData } from '../data/training-data'
import type { ParameterOptions } from '../parameters/parameters'
import { objectiveData } from '../testing/objective-data'
import { createMetrics } from './create-metrics'

const evaluate = (
  options: ParameterOptions,
  columns: Omit<TrainingData, 'features'>,
  scores: readonly number[],
  description = '',
) => {
  const { parameters, data } = objectiveData(options, columns)
  const [metric] = createMetrics(parameters, data)
  return metric!.evaluate(Float64Array.from(scores), description)
}

/** Scores with ties. */
const row = fc.record({
  score: fc.integer({ min: -4, max: 4 }),
  label: fc.integer({ min: 0, max: 1 }),
  weight: fc.integer({ min: 1, max: 8 }).map((w) => w / 4),
})
const rows = fc.array(row, { minLength: 2, maxLength: 30 })
const columnsOf = (given: { label: number; weight: number }[]) => ({
  label: given.map(({ label }) => label),
  weight: given.map(({ weight }) => weight),
})

it('auc is the share of pairs in the right order', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const positives = given.filter(({ label }) => label === 1)
      const negatives = given.filter(({ label }) => label === 0)
      fc.pre(positives.length > 0 && negatives.length > 0)
      let right = 0
      let all = 0
      for (const p of positives) {
        for (const n of negatives) {
          right += p.weight * n.weight * (p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0)
          all += p.weight * n.weight
        }
      }
      const [auc] = evaluate(
        { metric: 'auc' },
        columnsOf(given),
        given.map(({ score }) => score),
      )
      expect(auc).toBeCloseTo(right / all, 12)
    }),
  )
})

it('average_precision is the mean precision of positive rows', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const positives = given.filter(({ label }) => label === 1)
      fc.pre(positives.length > 0 && positives.length < given.length)
      const sum = (list: typeof given) => list.reduce((total, { weight }) => total + weight, 0)
      const precision = (threshold: number) => {
        const above = given.filter(({ score }) => score >= threshold)
        return sum(above.filter(({ label }) => label === 1)) / sum(above)
      }
      const expected =
        positives.reduce((total, p) => total + p.weight * precision(p.score), 0) / sum(positives)
      const [value] = evaluate(
        { metric: 'average_precision' },
        columnsOf(given),
        given.map(({ score }) => score),
      )
      expect(value).toBeCloseTo(expected, 12)
    }),
  )
})

it('ndcg is the DCG over that of the best order', () => {
  const query = fc.array(
    fc.record({ score: fc.double({ min: -9, max: 9, noNaN: true }), label: fc.nat(4) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(query, fc.integer({ min: 1, max: 14 }), (given, k) => {
      const dcg = (list: typeof given) =>
        list.slice(0, k).reduce((sum, { label }, i) => sum + (2 ** label - 1) / Math.log2(2 + i), 0)
      const best = dcg([...given].sort((a, b) => b.label - a.label))
      const own = dcg([...given].sort((a, b) => b.score - a.score))
      const columns = { label: given.map(({ label }) => label), group: [given.length] }
      const [value] = evaluate(
        { metric: 'ndcg', eval_at: [k] },
        columns,
        given.map(({ score }) => score),
      )
      expect(value).toBeCloseTo(best > 0 ? own / best : 1, 12)
    }),
  )
})

it('auc_mu of two classes is the auc of the difference of their scores', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const ones = given.filter(({ label }) => label === 1).length
      fc.pre(ones > 0 && ones < given.length)
      const scores = given.map(({ score }) => score)
      const [auc] = evaluate({ metric: 'auc' }, columnsOf(given), scores)
      const options = { objective: 'multiclass', num_class: 2, metric: 'auc_mu' } as const
      const [value] = evaluate(options, columnsOf(given), [...scores.map(() => 0), ...scores])
      expect(value).toBeCloseTo(auc!, 12)
    }),
  )
})
