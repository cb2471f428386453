import { describe, expect, test } from 'vitest'
import { llmbarDecisions } from '../../goldens/load-benchmarks'
import type { PairOutcome } from '../shared/benchmark'
import { llmbar } from './llmbar'

const { labels, decisions } = llmbarDecisions()
const fast = { resamples: 1 }

const rowsOf = (subset: string) =>
  llmbar.rows(
    [...labels[subset]!].map((label, i) => ({
      subset,
      input: `instruction ${i}`,
      output_1: 'one',
      output_2: 'two',
      label: Number(label),
    })),
  )

const outcome = (winner: string, first: string): PairOutcome =>
  winner === '0' ? null : { verdict: winner === first ? 'a' : 'b' }

const outcomesOf = (run: (typeof decisions)[number]) =>
  [...run.winner].flatMap((winner, i) => [outcome(winner, '1'), outcome(run.winnerSwapped[i]!, '2')])

const toFour = (value: number | null) => Math.round(value! * 1e4) / 1e4

test('reproduces what was recorded of all 499 runs', () => {
  expect(decisions).toHaveLength(499)
  const found = decisions.map((run) => {
    const report = llmbar.tasks.pairs.plan(rowsOf(run.subset), fast).score(outcomesOf(run))
    return [report.accuracy, report.consistency, report.bothCorrect].map(({ value }) => toFour(value))
  })
  expect(found).toEqual(
    decisions.map(({ accuracy, consistency, bothCorrect }) => [accuracy, consistency, bothCorrect]),
  )
})

describe('reproduces the published accuracy and order consistency on all 419 rows', () => {
  test.each([
    ['GPT-4', 'Metrics_Reference', 0.872, 0.916],
    ['GPT-4', 'Vanilla', 0.845, 0.928],
    ['PaLM2', 'Vanilla', 0.698, 0.726],
    ['ChatGPT', 'Vanilla', 0.4, 0.659],
  ])('%s, %s', (judge, strategy, accuracy, consistency) => {
    const runs = decisions.filter(
      (run) => run.judge === judge && run.strategy === strategy && run.subset.startsWith('LLMBar/'),
    )
    const rows = runs.flatMap(({ subset }) => rowsOf(subset))
    expect(rows).toHaveLength(419)
    const report = llmbar.tasks.pairs.plan(rows).score(runs.flatMap(outcomesOf))
    expect(report.accuracy.value).toBeCloseTo(accuracy, 3)
    expect(Math.abs(report.consistency.value! - consistency)).toBeLessThan(6e-4)
    expect(report.bySubset.map(({ name, rows }) => [name, rows])).toEqual(
      runs.map(({ subset }) => [subset, labels[subset]!.length]),
    )
    const { low, high } = report.accuracy.interval!
    expect(low).toBeLessThan(accuracy)
    expect(high).toBeGreaterThan(accuracy)
  })
})

test('the same pair is shown in both orders', () => {
  const { items } = llmbar.tasks.pairs.plan(rowsOf('LLMBar/Natural').slice(0, 1))
  expect(items.map(({ a, b }) => [a, b])).toEqual([
    ['one', 'two'],
    ['two', 'one'],
  ])
})

test('a judge that always says the first is right half the time and never consistent', () => {
  const rows = rowsOf('LLMBar/Natural')
  const report = llmbar.tasks.pairs
    .plan(rows, fast)
    .score(rows.flatMap(() => [{ verdict: 'a' }, { verdict: 'a' }]))
  expect(report).toMatchObject({
    accuracy: { value: 0.5 },
    consistency: { value: 0 },
    bothCorrect: { value: 0 },
  })
})

test('no winner is wrong, and two of them agree; a tie names no winner', () => {
  const rows = rowsOf('LLMBar/Natural').slice(0, 2)
  const report = llmbar.tasks.pairs
    .plan(rows, fast)
    .score([null, { verdict: 'tie' }, null, { verdict: 'abstained' }])
  expect(report).toMatchObject({ accuracy: { value: 0 }, consistency: { value: 1 } })
  expect(report.counts).toEqual({ rows: 2, skipped: 0, ties: 1, abstained: 1, failed: 2 })
})

test('scores: ties and missing ones are right in one order only', () => {
  const rows = llmbar.rows(
    [1, 2, 1, 2].map((label) => ({ instruction: 'i', output_1: 'one', output_2: 'two', label })),
  )
  const report = llmbar.tasks.scores.plan(rows, fast).score([2, 1, 2, 1, 1, 1, null, 3])
  expect(report).toMatchObject({
    accuracy: { value: 0.5 },
    consistency: { value: 0.5 },
    bothCorrect: { value: 0.25 },
  })
  expect(report.accuracyUnswapped.value).toBe(0.25)
  expect(report.accuracySwapped.value).toBe(0.75)
})

test('refuses rows by row and field', () => {
  const row = { input: 'i', output_1: 'one', output_2: 'two', label: 1 }
  expect(() => llmbar.rows([row, { ...row, label: 0 }])).toThrow('row 2: label is 0; expected one of 1, 2')
})
