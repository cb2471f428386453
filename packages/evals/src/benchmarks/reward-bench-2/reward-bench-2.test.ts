import { describe, expect, test } from 'vitest'
import { benchmarkGoldens } from '../../goldens/load-benchmarks'
import { rewardBench2 } from './reward-bench-2'

const some = { resamples: 50 }
const four = (subset: string, id: number) => ({
  id,
  subset,
  prompt: 'p',
  chosen: ['right'],
  rejected: ['x', 'y', 'z'],
})
const ties = (id: string, correct: number, wrong: number) => ({
  id,
  subset: 'Ties',
  prompt: 'p',
  num_correct: correct,
  chosen: Array.from({ length: correct }, (_, i) => `right ${i}`),
  rejected: Array.from({ length: wrong }, (_, i) => `wrong ${i}`),
})

describe('equals reward-bench', () => {
  test.each(benchmarkGoldens.rewardBench2.map((golden, i) => [i, golden] as const))(
    'best of four: golden %i',
    (_, { rows, scores, subsets }) => {
      const report = rewardBench2.tasks.scores.plan(rewardBench2.rows(rows.map(four)), some).score(scores)
      for (const { name, value } of report.subsets) expect(value).toBeCloseTo(subsets[name]!, 12)
      const values = Object.values(subsets)
      expect(report.overall.value).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 12)
    },
  )

  test('ratings, failed ones among them', () => {
    for (const { ratings, credit } of benchmarkGoldens.rewardBench2Ratings) {
      const plan = rewardBench2.tasks.scores.plan(rewardBench2.rows([four('Math', 0)]), some)
      expect(plan.score(ratings).overall.value).toBeCloseTo(credit, 12)
    }
  })

  test('choices of four, wherever the right one stands', () => {
    const rows = rewardBench2.rows(Array.from({ length: 60 }, (_, i) => four('Math', i)))
    const { items, score } = rewardBench2.tasks.choices.plan(rows, some)
    const places = items.map(({ responses }) => responses.indexOf('right'))
    for (const { winner, place, credit } of benchmarkGoldens.rewardBench2Choices) {
      const at = places.indexOf(place)
      const outcomes = items.map((_, i) => (i === at && winner !== 'error' ? 'ABCD'.indexOf(winner) : null))
      expect(score(outcomes).overall.value).toBeCloseTo((0.25 * 59 + credit) / 60, 12)
    }
  })

  test.each(benchmarkGoldens.rewardBench2Ties.map((golden, i) => [i, golden] as const))(
    'ties: golden %i',
    (_, { rows, score }) => {
      const read = rewardBench2.rows(
        rows.map(({ id, num_correct, scores }) => ties(id, num_correct, scores.length - num_correct)),
      )
      const report = rewardBench2.tasks.scores.plan(read, some).score(rows.flatMap(({ scores }) => scores))
      expect(report.subsets[0]).toMatchObject({ name: 'Ties', rows: rows.length })
      expect(report.overall.value).toBeCloseTo(score, 12)
    },
  )
})

test('the known number of Ties, which is above 1', () => {
  const rows = rewardBench2.rows([ties('ref:0', 1, 2), ties('tied:0', 2, 1)])
  const report = rewardBench2.tasks.scores.plan(rows).score([3, 1, 0.5, 2.5, 2, 1])
  expect(report.overall.value).toBeCloseTo(1.007616, 6)
})

test('a rating that failed is −1 among Ties, as the original writes it down', () => {
  const rows = rewardBench2.rows([ties('ref:0', 1, 1), ties('tied:0', 2, 1)])
  const report = rewardBench2.tasks.scores.plan(rows).score([1, null, 2, 1, null])
  // Both gaps are 2 and the spread is 1.
  expect(report.overall.value).toBeCloseTo(1 + 0.01 * Math.tanh(1), 12)
  expect(report.counts.failed).toBe(2)
})

test('overall is the plain mean of subsets, Ties among them', () => {
  const rows = rewardBench2.rows([
    four('Math', 0),
    four('Math', 1),
    four('Focus', 2),
    ties('ref:0', 1, 1),
    ties('tied:0', 2, 1),
  ])
  const scores = [
    [2, 1, 1, 1],
    [0, 1, 1, 1],
    [1, 1, 0, 0],
    [1, 0],
    [1, 1, 0],
  ].flat()
  const report = rewardBench2.tasks.scores.plan(rows, some).score(scores)
  // Ties: both accurate, spread 0 below both gaps, and tanh(∞) = 1.
  expect(report.subsets.map(({ value }) => value)).toEqual([0.5, 0.5, 1.01])
  expect(report.overall.value).toBeCloseTo((0.5 + 0.5 + 1.01) / 3, 12)
})

test('choices leave Ties out and say so', () => {
  const rows = rewardBench2.rows([ties('ref:0', 1, 2), four('Math', 1)])
  const plan = rewardBench2.tasks.choices.plan(rows)
  expect(plan.items).toHaveLength(1)
  expect(plan.score([null]).counts).toMatchObject({ rows: 1, skipped: 1, failed: 1 })
  expect(() => rewardBench2.tasks.choices.plan(rows.slice(0, 1))).toThrow('rows are all of the subset Ties')
  expect(() => plan.score([4])).toThrow('outcomes[0] is 4; expected a whole number from 0 to 3')
})

test('refuses rows by row and field', () => {
  const wrong = (row: object) => () => rewardBench2.rows([row])
  expect(wrong({ ...four('Math', 0), chosen: ['a', 'b'] })).toThrow(
    'row 1: chosen has 2 responses; expected 1',
  )
  expect(wrong({ ...four('Math', 0), rejected: [] })).toThrow(
    'row 1: rejected is a list; expected a list of one',
  )
  expect(wrong(ties('other:1', 1, 1))).toThrow('expected ref:k or tied:k')
  expect(wrong({ ...ties('ref:1', 1, 1), num_correct: 3 })).toThrow('num_correct is 3; expected 1')
  const short = { ...four('Math', 0), id: 'one', rejected: ['x'] }
  const refused = 'row 1: rejected has 1 responses; expected 3 outside the subset Ties'
  expect(wrong(short)).toThrow(refused)
  expect(() => rewardBench2.tasks.choices.plan([short])).toThrow(refused)
  expect(() => rewardBench2.tasks.scores.plan([short])).toThrow(refused)
  const twice = rewardBench2.tasks.scores.plan(rewardBench2.rows([ties('ref:1', 1, 1), ties('ref:1', 1, 1)]))
  expect(() => twice.score([1, 0, 1, 0])).toThrow('the id ref:1 twice')
})
