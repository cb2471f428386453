import { describe, expect, it } from 'vitest'
import type { ItemResult } from './item-result'
import type { BenchmarkItem, ItemLabel } from './open-benchmark'
import { orderEffects } from './order-effects'

const verdict = (name: string, more: Partial<ItemResult> = {}): ItemResult => ({
  outcome: { verdict: name },
  readings: [],
  ...more,
})

/** Pairs of rows, each in both orders; the right response of every row is `right <row>`. */
const items: BenchmarkItem[] = []
const labels: ItemLabel[] = []
for (let row = 0; row < 3; row++) {
  const [right, wrong] = [`right ${row}`, `wrong ${row}`]
  items.push({ id: `${row}:ab`, prompt: 'p', a: right, b: wrong })
  items.push({ id: `${row}:ba`, prompt: 'p', a: wrong, b: right })
  labels.push({ row, group: 'g', expected: 'a' }, { row, group: 'g', expected: 'b' })
}

describe('orderEffects', () => {
  it('of who is always right: no gap, always consistent', () => {
    const results = labels.map(({ expected }) => verdict(`${expected}`))
    expect(orderEffects(items, labels, results)).toMatchObject({
      front: { count: 3, total: 3 },
      back: { count: 3, total: 3 },
      gap: 0,
      consistency: { value: 1 },
    })
  })

  it('of who always names the second: a gap of −1, never consistent', () => {
    const found = orderEffects(
      items,
      labels,
      items.map(() => verdict('b')),
    )
    expect(found).toMatchObject({ gap: -1, consistency: { value: 0, total: 3 } })
  })

  it('leaves out what names no response, and pairs of which one order does not', () => {
    const said = ['a', 'tie', 'a', 'b', 'abstained', 'b']
    const results = [...said.slice(0, 5).map((name) => verdict(name)), { outcome: null, readings: [] }]
    expect(orderEffects(items, labels, results)).toMatchObject({
      front: { count: 2, total: 2 },
      back: { count: 1, total: 1 },
      consistency: { count: 1, total: 1 },
    })
  })

  it('goes by what a judge says of its own two orders where each pair is asked about once', () => {
    const once = items.filter((_, i) => i % 2 === 0)
    const own = labels.filter((_, i) => i % 2 === 0)
    const results = [true, false, true].map((consistent) => verdict('a', { consistent }))
    const found = orderEffects(once, own, results)
    expect(found.consistency).toMatchObject({ count: 2, total: 3 })
    expect(found).not.toHaveProperty('gap')
  })

  it('of nothing decided is nothing', () => {
    expect(
      orderEffects(
        items,
        labels,
        items.map(() => verdict('tie')),
      ),
    ).toEqual({})
  })
})
