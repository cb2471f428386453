import { describe, expect, it } from 'vitest'
import { findDisagreements } from './find-disagreements'
import type { ItemResult } from './item-result'
import type { BenchmarkItem, ItemLabel, TaskKind } from './open-benchmark'
import type { PlannedBenchmark } from './plan-benchmark'

const verdict = (name: string, winProbability?: number): ItemResult => ({
  outcome: { verdict: name },
  winProbability,
  readings: [],
})

/** Two rows, each in both orders; the right response of every row is `right <row>`. */
const items: BenchmarkItem[] = [0, 1].flatMap((row) => [
  { id: `${row}:ab`, prompt: 'p', a: `right ${row}`, b: `wrong ${row}` },
  { id: `${row}:ba`, prompt: 'p', a: `wrong ${row}`, b: `right ${row}` },
])
const labels: ItemLabel[] = [0, 1].flatMap((row): ItemLabel[] => [
  { row, group: 'g', expected: 'a' },
  { row, group: 'g', expected: 'b' },
])

const planned = (kind: TaskKind, asked: readonly BenchmarkItem[], known: readonly ItemLabel[]) =>
  ({
    kind,
    items: asked,
    labels: known,
    rows: [0, 10, 20].map((index) => ({ index })),
  }) as unknown as PlannedBenchmark

describe('findDisagreements', () => {
  it('has one of both orders, the probability being their mean', () => {
    const results = labels.map(({ expected }) => verdict(`${expected}`))
    results[2] = verdict('b', 0.25)
    results[3] = verdict('b', 0.125)
    const found = findDisagreements(planned('pairs', items, labels), results)
    expect(found).toMatchObject([
      {
        id: 'row 11',
        group: 'g',
        chosen: 'right 1',
        rejected: 'wrong 1',
        sureness: 0.5 - (0.25 + 0.875) / 2,
      },
    ])
  })

  it('of scores has the worst of the right ones and the best of the wrong ones', () => {
    const responses = ['r1', 'r2', 'w1', 'w2'].map((response, i) => ({ id: `${i}`, prompt: 'p', response }))
    const known = [1, 1, 0, 0].map((expected) => ({ row: 2, expected }))
    const of = (...scores: (number | null)[]) =>
      findDisagreements(
        planned('responses', responses, known),
        scores.map((outcome) => ({ outcome, readings: [] })),
      )
    expect(of(3, 4, 2, 1)).toEqual([])
    expect(of(3, 5, 2, 4)).toMatchObject([{ id: 'row 21', chosen: 'r1', rejected: 'w2', sureness: 1 }])
    expect(of(3, 3, 3, 1)).toMatchObject([{ chosen: 'r1', rejected: 'w1', sureness: 0 }])
    expect(of(null, 9, 2, 4)).toMatchObject([{ chosen: 'r1', opinion: 'a response has no score' }])
  })

  it('of lists shows the right response beside the one that was chosen', () => {
    const list = { id: '0', prompt: 'p', responses: ['x', 'y', 'z'] }
    const of = (outcome: number | null) =>
      findDisagreements(planned('lists', [list], [{ row: 0, expected: 1 }]), [{ outcome, readings: [] }])
    expect(of(1)).toEqual([])
    expect(of(2)).toMatchObject([{ chosen: 'y', rejected: 'z', sureness: 1 }])
    expect(of(null)).toMatchObject([{ chosen: 'y', rejected: 'x', opinion: 'the judge has no answer' }])
  })
})
