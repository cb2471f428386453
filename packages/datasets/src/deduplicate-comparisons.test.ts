import { expect, test } from 'vitest'
import type { Comparison } from './comparison'
import { deduplicateComparisons } from './deduplicate-comparisons'

const pair = (id: string, chosen: string, rejected: string): Comparison => ({
  id,
  prompt: 'p',
  chosen,
  rejected,
})
const all = [
  pair('1', 'a', 'b'),
  pair('2', 'a', 'b'),
  pair('3', ' A', 'b'),
  pair('4', 'b', 'a'),
  pair('5', 'c', 'c'),
  pair('6', 'c', 'C '),
  pair('7', 'd', 'e'),
]
const outcome = (options?: Parameters<typeof deduplicateComparisons>[1]) => {
  const { comparisons, ...counts } = deduplicateComparisons(all, options)
  return { ids: comparisons.map(({ id }) => id).join(''), ...counts }
}

test('to the letter: the first of duplicates stays, identical pairs go', () => {
  expect(outcome()).toEqual({ ids: '13467', duplicates: 1, identical: 1, contradictory: 0 })
  expect(outcome({ dropIdentical: false })).toEqual({
    ids: '134567',
    duplicates: 1,
    identical: 0,
    contradictory: 0,
  })
})

test('case and white space aside', () => {
  expect(outcome({ match: 'normalised' })).toEqual({
    ids: '147',
    duplicates: 2,
    identical: 2,
    contradictory: 0,
  })
})

test('contradictory pairs go in both directions, an identical pair contradicts nothing', () => {
  expect(outcome({ dropContradictory: true })).toMatchObject({ ids: '367', contradictory: 2 })
  expect(outcome({ dropContradictory: true, dropIdentical: false })).toMatchObject({ ids: '3567' })
})

test('nothing of nothing', () => {
  expect(deduplicateComparisons([])).toEqual({
    comparisons: [],
    duplicates: 0,
    identical: 0,
    contradictory: 0,
  })
})
