import { expect, test } from 'vitest'
import { benchmarkGoldens } from '../../goldens/load-benchmarks'
import type { PairOutcome } from '../shared/benchmark'
import { judgebench } from './judgebench'

const rowsOf = (pairs: readonly { source: string; label: string }[]) =>
  judgebench.rows(
    pairs.map(({ source, label }, i) => ({
      pair_id: i,
      source,
      question: 'q',
      response_A: 'a',
      response_B: 'b',
      label,
    })),
  )

const verdicts: Record<string, PairOutcome> = {
  'A>B': { verdict: 'a' },
  'B>A': { verdict: 'b' },
  'A=B': { verdict: 'tie' },
}
const sections = [
  ['Knowledge', 'mmlu-pro'],
  ['Reasoning', 'livebench-reasoning'],
  ['Math', 'livebench-math'],
  ['Coding', 'livecodebench'],
] as const

const [both, once] = benchmarkGoldens.judgebench

test('equals JudgeBench in both orders', () => {
  // The second decision is about the swapped pair, as it is shown.
  const outcomes = both!.pairs.flatMap(({ judgments }) =>
    judgments.map((said) => verdicts[said ?? ''] ?? null),
  )
  const report = judgebench.tasks.pairs.plan(rowsOf(both!.pairs)).score(outcomes)
  expect(100 * report.overall.value!).toBeCloseTo(both!.scores['']!, 12)
  for (const [name, source] of sections) {
    const section = report.sections.find((part) => part.name === name)
    expect(100 * section!.value!).toBeCloseTo(both!.scores[source]!, 12)
  }
  expect(report.overall.value! + report.incorrect.value! + report.undecided.value!).toBeCloseTo(1, 12)
})

test('equals JudgeBench for reward models, whose ties are B > A', () => {
  const decided = once!.pairs.filter(({ judgments: [said] }) => said === 'A>B' || said === 'B>A')
  const scores = decided.flatMap(({ judgments: [said] }, i) =>
    said === 'A>B' ? [1, 0] : i % 2 === 0 ? [0, 1] : [0, 0],
  )
  const report = judgebench.tasks.scores.plan(rowsOf(decided)).score(scores)
  const correct = decided.filter(({ judgments: [said], label }) => said === label).length
  expect(report.overall.value).toBeCloseTo(correct / decided.length, 12)
  expect(100 * (correct / once!.pairs.length)).toBeCloseTo(once!.scores['']!, 12)
  expect(report.inconsistent).toBeNull()
  expect(report.counts.ties).toBeGreaterThan(0)
})

test.each([
  ['both right', 'A>B', 'B>A', 'overall'],
  ['right and a tie', 'A>B', 'A=B', 'overall'],
  ['right and no answer', '', 'B>A', 'overall'],
  ['right and wrong', 'A>B', 'A>B', 'undecided'],
  ['two ties', 'A=B', 'A=B', 'undecided'],
  ['wrong and a tie', 'B>A', 'A=B', 'incorrect'],
] as const)('%s', (_, first, second, where) => {
  const row = rowsOf([{ source: 'livecodebench', label: 'A>B' }])
  const report = judgebench.tasks.pairs.plan(row).score([verdicts[first] ?? null, verdicts[second] ?? null])
  expect(report[where].value).toBe(1)
})

test('refuses rows by row and field', () => {
  expect(() => rowsOf([{ source: 's', label: 'A=B' }])).toThrow('row 1: label is the string "A=B"')
})
