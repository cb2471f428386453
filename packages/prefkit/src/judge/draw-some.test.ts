import { expect, it } from 'vitest'
import { drawSome } from './draw-some'

const items = Array.from({ length: 200 }, (_, i) => ({ id: `${i}` }))
const ids = (drawn: readonly { id: string }[]) => drawn.map(({ id }) => Number(id))

it('draws as many as asked for, in their order, the same ones by the same seed', () => {
  const drawn = ids(drawSome(items, 50, 1))
  expect(drawn).toHaveLength(50)
  expect(drawn).toEqual(drawn.toSorted((a, b) => a - b))
  expect(ids(drawSome(items, 50, 1))).toEqual(drawn)
  expect(ids(drawSome(items, 50, 2))).not.toEqual(drawn)
})

it('draws by id, whatever the order of the items, and more with a greater limit', () => {
  const some = new Set(ids(drawSome(items, 20, 0)))
  expect(new Set(ids(drawSome(items.toReversed(), 20, 0)))).toEqual(some)
  const more = new Set(ids(drawSome(items, 30, 0)))
  expect([...some].every((id) => more.has(id))).toBe(true)
})

it('gives all where there are no more', () => {
  expect(drawSome(items, undefined, 0)).toBe(items)
  expect(drawSome(items, 200, 0)).toBe(items)
})
