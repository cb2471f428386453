import { describe, expect, it } from 'vitest'
import type { ItemResult, ItemVote } from './item-result'
import type { BenchmarkItem, ItemLabel } from './open-benchmark'
import { pairQuality, votesOnPairs } from './pair-quality'

const said = (verdict: string, more: Partial<ItemResult> = {}): ItemResult => ({
  outcome: { verdict },
  readings: [],
  ...more,
})
const vote = (first: 'a' | 'b', verdict: ItemVote['verdict'], winProbability?: number): ItemVote => ({
  first,
  verdict,
  ...(winProbability !== undefined && { winProbability }),
})

/** Pairs of rows, each in both orders; the right response of every row is `right <row>`. */
const items: BenchmarkItem[] = []
const labels: ItemLabel[] = []
for (let row = 0; row < 3; row++) {
  const [right, wrong] = [`right ${row}`, `the wrong one ${row}`]
  items.push({ id: `${row}:ab`, prompt: 'p', a: right, b: wrong })
  items.push({ id: `${row}:ba`, prompt: 'p', a: wrong, b: right })
  labels.push({ row, group: 'g', expected: 'a' }, { row, group: 'g', expected: 'b' })
}

const numbers = (results: readonly ItemResult[], of = items, right = labels) => {
  const { position, consistency } = pairQuality(of, right, results)!
  const { orders } = consistency
  return {
    front: position.front.value,
    back: position.back.value,
    gap: position.gap.value,
    consistent: orders.consistent.value,
    pairs: orders.pairs,
  }
}

describe('pairQuality of both orders as items', () => {
  it('of who is always right: no gap, always consistent', () => {
    expect(numbers(labels.map(({ expected }) => said(`${expected}`)))).toEqual({
      ...{ front: 1, back: 1, gap: 0, consistent: 1, pairs: 3 },
    })
  })

  it('of who always names the second: a gap of −1, never consistent', () => {
    expect(numbers(items.map(() => said('b')))).toEqual({
      ...{ front: 0, back: 1, gap: -1, consistent: 0, pairs: 3 },
    })
  })

  it('is the same where the judge was shown each item the other way round', () => {
    const results = items.map(() => said('b', { votes: [vote('b', 'b')] }))
    expect(numbers(results)).toMatchObject({ front: 1, back: 0, gap: 1, consistent: 0, pairs: 3 })
  })

  it('leaves out pairs of which one order has no answer; a tie is an answer', () => {
    // Row 0: right, a tie. Row 1: right in both. Row 2: no answer, failed.
    const results = ['a', 'tie', 'a', 'b', 'abstained'].map((verdict) => said(verdict))
    expect(numbers([...results, { outcome: null, readings: [] }])).toEqual({
      ...{ front: 1, back: 0.75, gap: 0.25, consistent: 1 / 2, pairs: 2 },
    })
  })
})

describe('pairQuality of pairs that a judge is asked about in both orders', () => {
  const once = items.filter((_, i) => i % 2 === 0)
  const own = labels.filter((_, i) => i % 2 === 0)

  it('counts orders that contradict each other, though the pair is a tie then', () => {
    const results = [
      said('a', { votes: [vote('a', 'a'), vote('b', 'a')] }),
      said('tie', { votes: [vote('a', 'a'), vote('b', 'b')] }),
      said('tie', { votes: [vote('a', 'a'), vote('b', 'b')] }),
    ]
    expect(numbers(results, once, own)).toEqual({
      front: 1,
      back: 1 / 3,
      gap: expect.closeTo(2 / 3, 12),
      consistent: 1 / 3,
      pairs: 3,
    })
  })

  it('is of no order where each pair was asked about once, whatever texts are the same', () => {
    const same = [0, 1].map((k) => ({ id: `0:${k}:0`, prompt: 'p', a: k ? 'x' : 'y', b: k ? 'y' : 'x' }))
    const right: ItemLabel[] = same.map(() => ({ row: 0, expected: 'a' }))
    expect(numbers([said('a'), said('a')], same, right)).toMatchObject({ consistent: null, pairs: 0 })
  })

  it('is nothing of who saw no order, and nothing without votes', () => {
    const scored = items.map(() => said('a', { votes: [] }))
    expect(pairQuality(items, labels, scored)).toBeUndefined()
    expect(
      pairQuality(
        items,
        labels,
        items.map(() => ({ outcome: null, readings: [] })),
      ),
    ).toBeUndefined()
  })
})

describe('intervals of pairQuality', () => {
  it('are not certain after two rows that are alike', () => {
    const results = items.slice(0, 4).map(() => said('b'))
    const { position, consistency } = pairQuality(items.slice(0, 4), labels.slice(0, 4), results)!
    const { value, interval } = consistency.orders.consistent
    expect(value).toBe(0)
    expect(interval!.low).toBe(0)
    expect(interval!.high).toBeGreaterThan(0.6)
    expect(position.gap.interval).toBeNull()
  })

  it('draw rows, not items', () => {
    const wide = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, prompt: 'p', a: 'x', b: 'y' }))
    const right = (rows: number): ItemLabel[] => wide.map((_, i) => ({ row: i % rows, expected: 'a' }))
    const results = wide.map((_, i) => said(i % 2 === 0 ? 'a' : 'b'))
    const widthOf = (rows: number) => {
      const { low, high } = pairQuality(wide, right(rows), results)!.position.front.interval!
      return high - low
    }
    expect(widthOf(4)).toBeGreaterThan(1.5 * widthOf(40))
  })
})

describe('votesOnPairs', () => {
  it('says of a pair the same whichever order shows it, without labels too', () => {
    const result = said('b', { winProbability: 0.25 })
    expect(votesOnPairs(items.slice(1, 2), labels.slice(1, 2), [result])).toEqual([
      {
        ...{ pair: '0', group: 0, first: 'b', verdict: 'a', winProbability: 0.75, label: 'a' },
        ...{ lengthA: 'right 0'.length, lengthB: 'the wrong one 0'.length },
      },
    ])
    expect(votesOnPairs(items.slice(0, 1), undefined, [result])).toMatchObject([
      { pair: '0', first: 'a', verdict: 'b', winProbability: 0.25 },
    ])
  })
})
