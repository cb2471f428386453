import { expect, it } from 'vitest'
import { lastOf } from './last-of'

it('keeps the last values, and no more', () => {
  const lastTwo = lastOf<number>(2)
  expect([1, 2, 3].map((value) => [...lastTwo(value)])).toEqual([[1], [1, 2], [2, 3]])
})
