import { expect, test } from 'vitest'
import type { Comparison } from './comparison'
import { inspectComparisons } from './inspect-comparisons'
import { parseRows } from './parse-rows'

const pair = (id: string, chosen: string, rejected: string, rest: Partial<Comparison> = {}): Comparison => ({
  id,
  prompt: 'Why?',
  chosen,
  rejected,
  ...rest,
})

test('counts, lengths, labels and examples', async () => {
  const votes = [{ verdict: 'chosen', annotator: 'w1' }, { verdict: 'rejected' }] as const
  const all = [
    pair('1', 'long one', 'no', { source: 's', margin: 2, annotator: 'w2' }),
    pair('2', 'a', 'four', { source: 's', margin: -1, prompt: '  why?' }),
    pair('3', 'same', 'size', { votes, preference: 0.5, prompt: 'Other' }),
  ]
  expect(await inspectComparisons(all)).toMatchObject({
    comparisons: 3,
    prompts: 2,
    lengths: {
      prompt: { min: 4, median: 5, mean: 5, p95: 6, max: 6 },
      chosen: { min: 1, median: 4, mean: 13 / 3, p95: 8, max: 8 },
      rejected: { min: 2, median: 4, mean: 10 / 3, p95: 4, max: 4 },
    },
    longerChosen: 0.5,
    sources: [
      { source: 's', count: 2 },
      { source: '', count: 1 },
    ],
    annotators: 2,
    votes: { count: 1, agreement: 0.5 },
    margins: { count: 2, min: -1, mean: 0.5, max: 2 },
    examples: all,
  })
})

test('duplicates, contradictions, identical and empty pairs, repeated ids, each with examples', async () => {
  const found = await inspectComparisons([
    pair('1', 'a', 'b'),
    pair('2', 'a', 'b'),
    pair('3', ' A', 'b'),
    pair('4', 'B', 'a'),
    pair('5', 'c', 'c'),
    pair('6', 'c', 'C '),
    pair('6', ' ', 'x'),
  ])
  expect(found).toMatchObject({
    duplicates: { count: 1, examples: ['2'] },
    nearDuplicates: { count: 3, examples: ['2', '3', '6'] },
    contradictory: { count: 1, examples: ['4'] },
    identical: { count: 1, examples: ['5'] },
    nearIdentical: { count: 2, examples: ['5', '6'] },
    empty: { count: 1, examples: ['6'] },
    repeatedIds: { count: 1, examples: ['6'] },
  })
})

test('all identical pairs are told', async () => {
  const found = await inspectComparisons(
    Array.from({ length: 5 }, (_, i) => pair(`${i}`, 'x', 'x', { prompt: `${i}` })),
  )
  expect(found.identical).toEqual({ count: 5, examples: ['0', '1', '2'] })
  expect(found).toMatchObject({ comparisons: 5, contradictory: { count: 0 }, longerChosen: 0 })
})

test('nothing is described by zeros, and everything survives JSON', async () => {
  const nothing = await inspectComparisons([])
  expect(nothing).toMatchObject({
    comparisons: 0,
    prompts: 0,
    margins: { count: 0, min: 0, mean: 0, max: 0 },
  })
  expect(nothing.lengths.chosen).toEqual({ min: 0, median: 0, mean: 0, p95: 0, max: 0 })
  expect(JSON.parse(JSON.stringify(nothing))).toEqual(nothing)
})

test('only prompts that there are count as prompts, and only ids that there are as repeated', async () => {
  const rows = [
    { chosen: 'a', rejected: 'b' },
    { chosen: 'c', rejected: 'd' },
    { chosen: 'Why? e', rejected: 'Why? f' },
  ]
  const { comparisons } = await parseRows(rows)
  const again = await parseRows(rows.slice(0, 1))
  expect(await inspectComparisons([...comparisons, ...again.comparisons])).toMatchObject({
    prompts: 1,
    withoutPrompt: 3,
    repeatedIds: { count: 0 },
  })
})
