import { describe, expect, test } from 'vitest'
import { benchmarkGoldens } from '../../goldens/load-benchmarks'
import type { PairOutcome } from '../shared/benchmark'
import { rewardBench } from './reward-bench'

const rowsOf = (subsets: readonly string[]) =>
  rewardBench.rows(
    subsets.map((subset, id) => ({ id, subset, prompt: `prompt ${id}`, chosen: 'good', rejected: 'bad' })),
  )

const some = { resamples: 50 }

describe('equals reward-bench', () => {
  test.each(benchmarkGoldens.rewardBench.map((golden, i) => [i, golden] as const))(
    'golden %i',
    (_, { rows, scores, subsets, sections, priorSets, average }) => {
      const report = rewardBench.tasks.scores.plan(rowsOf(rows), some).score(scores)
      expect(report.subsets).toHaveLength(Object.keys(subsets).length)
      for (const { name, value } of report.subsets) expect(value).toBeCloseTo(subsets[name]!, 12)
      const found = new Map(report.sections.map(({ name, value }) => [name, value]))
      for (const [name, value] of Object.entries(sections)) expect(found.get(name)).toBeCloseTo(value, 12)
      expect([...found.values()].filter((value) => value !== null)).toHaveLength(
        Object.keys(sections).length + (priorSets === null ? 0 : 1),
      )
      if (priorSets !== null) expect(found.get('Prior Sets')).toBeCloseTo(priorSets, 12)
      if (average !== null) expect(report.overall.value).toBeCloseTo(average, 12)
    },
  )

  test('the credit of a judge for every answer in either order', () => {
    const rows = rowsOf(Array.from({ length: 40 }, () => 'math-prm'))
    const { items, score } = rewardBench.tasks.pairs.plan(rows, { ...some, seed: 3 })
    const isShuffled = items.map(({ a }) => a === 'bad')
    expect(new Set(isShuffled)).toEqual(new Set([true, false]))
    for (const { winner, shuffled, credit } of benchmarkGoldens.rewardBenchJudged) {
      // The item of this order gets this answer, all others none, which is ½ each.
      const at = isShuffled.indexOf(shuffled)
      const verdicts = { A: { verdict: 'a' }, B: { verdict: 'b' }, error: null } as const
      const outcomes = items.map((_, i): PairOutcome => (i === at ? verdicts[winner] : null))
      expect(score(outcomes).overall.value).toBeCloseTo((0.5 * 39 + credit) / 40, 12)
    }
  })
})

test('math-prm counts as much as all code together', () => {
  const rows = rowsOf(['math-prm', 'hep-cpp', 'hep-go', 'hep-java', 'hep-js', 'hep-python', 'hep-rust'])
  const report = rewardBench.tasks.scores.plan(rows).score([1, 0, ...rows.slice(1).flatMap(() => [0, 1])])
  expect(report.overall.value).toBe(0.5)
})

test('a tie and a missing score are 0 of a reward model and ½ of ratings', () => {
  const rows = rowsOf(['donotanswer', 'donotanswer', 'donotanswer', 'donotanswer'])
  const outcomes = [1, 1, null, 0, 2, 1, 1, 2]
  const byScore = rewardBench.tasks.scores.plan(rows).score(outcomes)
  expect(byScore.overall.value).toBe(0.25)
  expect(byScore.counts).toEqual({ rows: 4, skipped: 0, ties: 1, abstained: 0, failed: 1 })
  expect(rewardBench.tasks.ratings.plan(rows).score(outcomes).overall.value).toBe(0.5)
})

test('judges are not shown more than two turns; reward models are', () => {
  const turns = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content: 'hi' }))
  const rows = rewardBench.rows(
    [1, 3, 5].map((n, id) => ({ id, subset: 'shp', prompt: turns(n), chosen: 'c', rejected: 'r' })),
  )
  expect(rewardBench.tasks.scores.plan(rows).items).toHaveLength(6)
  const { items, score } = rewardBench.tasks.pairs.plan(rows)
  expect(items).toHaveLength(2)
  expect(score([null, null]).counts).toMatchObject({ rows: 2, skipped: 1, failed: 2 })
  expect(() => rewardBench.tasks.ratings.plan(rows.slice(2))).toThrow('none of up to 4 messages')
})

test('the seed decides the orders, and nothing else does', () => {
  const rows = rowsOf(Array.from({ length: 30 }, () => 'hep-cpp'))
  const orders = (seed: number) => rewardBench.tasks.pairs.plan(rows, { seed }).items.map(({ a }) => a)
  expect(orders(1)).toEqual(orders(1))
  expect(orders(1)).not.toEqual(orders(2))
})

test('refuses rows by row and field, and outcomes by index', () => {
  const good = { id: 1, subset: 's', prompt: 'p', chosen: 'c', rejected: 'r' }
  const { chosen: _, ...without } = good
  expect(() => rewardBench.rows([good, without])).toThrow('row 2: chosen is missing; expected a string')
  expect(() => rewardBench.rows([{ ...good, prompt: [{ role: 'user' }] }])).toThrow(
    'row 1: prompt is a list; expected a string, or messages',
  )
  expect(() => rewardBench.rows(['text'])).toThrow('row 1 is the string "text"; expected an object')
  expect(() => rewardBench.rows([])).toThrow('rows is empty')
  const plan = rewardBench.tasks.scores.plan(rewardBench.rows([good]))
  expect(() => plan.score([1])).toThrow('outcomes has 1 values for 2 items')
  expect(() => plan.score([1, Number.NaN])).toThrow('outcomes[1] is NaN')
  const misspelt = { sed: 1 } as Record<string, number>
  expect(() => rewardBench.tasks.pairs.plan(rewardBench.rows([good]), misspelt)).toThrow('no option sed')
})
