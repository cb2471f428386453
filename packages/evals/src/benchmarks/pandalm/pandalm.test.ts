import { expect, test } from 'vitest'
import { benchmarkGoldens, pandalmVerdicts } from '../../goldens/load-benchmarks'
import type { PairOutcome } from '../shared/benchmark'
import { majorityVote, pandalm } from './pandalm'

const rowsOf = (votes: readonly (readonly number[])[]) =>
  pandalm.rows(
    votes.map((of) => ({ instruction: 'i', input: '', response1: 'x', response2: 'y', votes: of })),
  )

const outcomes: Record<string, PairOutcome> = {
  0: { verdict: 'tie' },
  1: { verdict: 'a' },
  2: { verdict: 'b' },
  9: null,
}
const some = { resamples: 20 }

test.each(benchmarkGoldens.pandalm.map((golden, i) => [i, golden] as const))(
  'equals scikit-learn: golden %i',
  (_, { truth, said, ...metrics }) => {
    const rows = rowsOf(truth.map((label) => [label, label, label]))
    const report = pandalm.tasks.pairs.plan(rows, some).score(said.map((label) => outcomes[label]!))
    for (const [name, value] of Object.entries(metrics)) {
      expect(report[name as keyof typeof metrics].value).toBeCloseTo(value, 12)
    }
  },
)

test.each([
  ['gpt35', [0.7107, 0.5879, 0.5736, 0.5755]],
  ['pandalm7b', [0.6677, 0.5738, 0.575, 0.5743]],
] as const)('%s on the test set of 999 rows', (judge, expected) => {
  const recorded = pandalmVerdicts()
  const rows = rowsOf(recorded.votes.map((votes) => [...votes].map(Number)))
  const report = pandalm.tasks.pairs.plan(rows).score([...recorded[judge]].map((said) => outcomes[said]!))
  const { accuracy, precision, recall, f1, counts } = report
  expect([accuracy, precision, recall, f1].map(({ value }) => Math.round(value! * 1e4) / 1e4)).toEqual(
    expected,
  )
  expect(counts).toMatchObject({ rows: 999, skipped: 0 })
})

test('the labels of the test set are distributed as its authors say', () => {
  const majorities = pandalmVerdicts().votes.map((votes) => rowsOf([[...votes].map(Number)])[0]!.votes)
  const count = (label: number) => majorities.filter((votes) => majorityVote(votes) === label).length
  expect([0, 1, 2].map(count)).toEqual([105, 422, 472])
})

test('rows without a majority are skipped, and two of three are one', () => {
  const rows = rowsOf([
    [0, 1, 2],
    [1, 1, 2],
  ])
  const report = pandalm.tasks.pairs.plan(rows, some).score([{ verdict: 'a' }])
  expect(report.counts).toMatchObject({ rows: 1, skipped: 1 })
  expect(report.accuracy.value).toBe(1)
  expect(report.agreementWithVotes.value).toBeCloseTo(2 / 3, 12)
  expect(() => pandalm.tasks.pairs.plan(rows.slice(0, 1))).toThrow('no majority')
})

test('reads the fields of the published file', () => {
  const row = { instruction: 'Sum.', input: '1 2', response1: 'x', response2: 'y' }
  const read = pandalm.rows([{ ...row, label_0: '2', label_1: '0', label_2: '2' }])
  expect(read[0]!.votes).toEqual([2, 0, 2])
  expect(pandalm.tasks.pairs.plan(read).items[0]!.prompt).toBe('Sum.\n\n1 2')
  expect(() => pandalm.rows([{ ...row, label_0: '2', label_1: '0' }])).toThrow('label_2 is missing')
  expect(() => pandalm.rows([{ ...row, votes: [3] }])).toThrow('row 1: votes')
})
