import { expect, test } from 'vitest'
import { labelCounts, votesWithout, voteTable } from './votes'

const votes = {
  items: ['b', 'a', 'b', 'a', 'c'],
  annotators: [7, 7, 8, 9, 8],
  labels: ['y', 'x', 'x', 'x', 'y'],
}

test('votes are sorted by item, and names numbered as they come', () => {
  const table = voteTable(votes)
  expect(table.items).toEqual(['b', 'a', 'c'])
  expect(table.annotators).toEqual([7, 8, 9])
  expect(table.classes).toEqual(['x', 'y'])
  expect([...table.start]).toEqual([0, 2, 4, 5])
  expect([...table.annotatorOf]).toEqual([0, 1, 0, 2, 1])
  expect([...table.labelOf]).toEqual([1, 0, 0, 0, 1])
  expect([...labelCounts(table)]).toEqual([1, 1, 2, 0, 0, 1])
})

test('classes ascend, numbers before strings, unless given', () => {
  const labels = [10, 'b', -1, 'a', 2]
  const mixed = { ...votes, labels }
  expect(voteTable(mixed).classes).toEqual([-1, 2, 10, 'a', 'b'])
  expect(voteTable(votes, { classes: ['z', 'y', 'x'] }).classes).toEqual(['z', 'y', 'x'])
})

test('typed columns do, and a label can be left out', () => {
  const typed = {
    items: Int32Array.of(0, 0, 1),
    annotators: Int32Array.of(0, 1, 0),
    labels: Int8Array.of(1, 0, -1),
  }
  expect(voteTable(typed).classes).toEqual([-1, 0, 1])
  expect(votesWithout(typed, 0)).toEqual({ items: [0, 1], annotators: [0, 0], labels: [1, -1] })
})

test('bad votes are refused by name', () => {
  expect(() => voteTable({ ...votes, labels: ['x'] })).toThrow('labels has 1 values and items has 5')
  expect(() => voteTable({ items: [], annotators: [], labels: [] })).toThrow('items has no values')
  expect(() => voteTable({ ...votes, items: [1, Number.NaN, 1, 1, 1] })).toThrow(
    'items[1] is NaN; expected a string or a finite number',
  )
  expect(() => voteTable(votes, { classes: ['x'] })).toThrow(
    'labels has the string "y"; expected one of classes',
  )
  expect(() => voteTable(votes, { classes: ['x', 'y', 'x'] })).toThrow('expected each label once')
  expect(() => voteTable({ items: ['a'], labels: ['x'] } as never)).toThrow('annotators is undefined')
  expect(() => voteTable({ ...votes, voters: [] } as never)).toThrow('votes: no voters; expected one of')
})
