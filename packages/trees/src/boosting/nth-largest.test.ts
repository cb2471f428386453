import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nthLargest } from './nth-largest'

const float = fc.oneof(
  fc.float({ min: 0, noNaN: true }).map(Math.abs),
  fc.constantFrom(0, 1, 2 ** -149, Number.POSITIVE_INFINITY),
)

it('is what stands there in sorted order', () => {
  fc.assert(
    fc.property(fc.array(float, { minLength: 1, maxLength: 60 }), fc.nat(), (list, some) => {
      const values = Float32Array.from(list)
      const place = some % values.length
      expect(nthLargest(values, place)).toBe(values.slice().sort().reverse()[place])
    }),
  )
})

it('reads a view, and leaves it as it is', () => {
  const all = Float32Array.of(9, 3, 1, 2, 2, 9)
  const view = all.subarray(1, 5)
  expect([0, 1, 2, 3].map((place) => nthLargest(view, place))).toEqual([3, 2, 2, 1])
  expect([...all]).toEqual([9, 3, 1, 2, 2, 9])
})
