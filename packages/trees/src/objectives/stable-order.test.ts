import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stableOrder } from './stable-order'

const order = (values: readonly number[], most = values.length) => {
  const sorter = stableOrder(most)
  sorter.keys.set(values)
  return [...sorter.sort(values.length).subarray(0, values.length)]
}

const expected = (values: readonly number[]) =>
  values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)

it('sorts stably, whatever the length', () => {
  const keys = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 200 }), (values) => {
      expect(order(values)).toEqual(expected(values))
    }),
  )
})

it('sorts many', () => {
  const values = Array.from({ length: 20_011 }, (_, i) => ((i * 7919) % 1009) - 500)
  expect(order(values)).toEqual(expected(values))
})

it('is used again, for fewer and for as many', () => {
  const sorter = stableOrder(40)
  for (const count of [40, 0, 1, 17, 40, 9]) {
    const values = Array.from({ length: count }, (_, i) => (i * 13) % 7)
    sorter.keys.set(values)
    expect([...sorter.sort(count).subarray(0, count)]).toEqual(expected(values))
  }
})
