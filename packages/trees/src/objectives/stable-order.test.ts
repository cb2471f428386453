import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stableOrder } from './stable-order'

const order = (values: readonly number[], most = values.length) => {
  const sorter = stableOrder(most)
  sorter.keys.set(values)
  return [...sorter.sort(values.length).subarray(0, values.length)]
}

const expected = (values: readonly number[]) =>
  values.map((_, i) => i).sort((a, b) => (values[a] === values[b] ? a - b : values[a]! - values[b]!))

it('sorts stably, whatever the length', () => {
  const keys = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 200 }), (values) => {
      expect(order(values)).toEqual(expected(values))
    }),
  )
})

it('sorts many, with ties, signs of zero, infinities and numbers close together', () => {
  const special = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -5e-324, 1e308, -1e308]
  const values = Array.from({ length: 20_011 }, (_, i) => {
    const step = (i * 7919) % 1009
    if (i % 5 === 0) return special[step % special.length]!
    return i % 2 === 0 ? step - 500 : (step - 500) * (1 + i * 2 ** -52)
  })
  const sorter = stableOrder(values.length)
  for (const count of [values.length, 4097, 4096, 4095, values.length]) {
    const part = values.slice(0, count)
    sorter.keys.set(part)
    const sorted = sorter.sort(count).subarray(0, count)
    // Equal keys, whatever the sign of zero, keep their places.
    expect(sorted).toEqual(Int32Array.from(expected(part)))
  }
})

it('is used again, for fewer and for as many', () => {
  const sorter = stableOrder(40)
  for (const count of [40, 0, 1, 17, 40, 9]) {
    const values = Array.from({ length: count }, (_, i) => (i * 13) % 7)
    sorter.keys.set(values)
    expect([...sorter.sort(count).subarray(0, count)]).toEqual(expected(values))
  }
})
