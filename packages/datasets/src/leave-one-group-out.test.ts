import { expect, test } from 'vitest'
import type { Comparison } from './comparison'
import { leaveOneGroupOut } from './leave-one-group-out'

const of = (source: string, debate: string): Comparison => ({
  id: source,
  prompt: '',
  chosen: 'a',
  rejected: 'b',
  source,
  tags: { debate },
})
const all = [of('pro', 'tea'), of('yes', 'milk'), of('con', 'tea'), of('pro', 'tea')]
const ids = (list: readonly Comparison[]) => list.map(({ id }) => id)

test('each group once is the test, the rest trains', () => {
  const folds = [...leaveOneGroupOut(all, ({ source }) => source!)]
  expect(folds.map(({ group, train, test }) => [group, ids(train), ids(test)])).toEqual([
    ['pro', ['yes', 'con'], ['pro', 'pro']],
    ['yes', ['pro', 'con', 'pro'], ['yes']],
    ['con', ['pro', 'yes', 'pro'], ['con']],
  ])
})

test('nothing of the test group’s block is trained on', () => {
  const folds = [...leaveOneGroupOut(all, ({ source }) => source!, { blockOf: ({ tags }) => tags!.debate! })]
  expect(folds.map(({ group, train }) => [group, ids(train)])).toEqual([
    ['pro', ['yes']],
    ['yes', ['pro', 'con', 'pro']],
    ['con', ['yes']],
  ])
})

test('no comparisons, no folds', () => {
  expect([...leaveOneGroupOut([], () => 'x')]).toEqual([])
})
