import { expect, it } from 'vitest'
import { withDistinctIds } from './distinct-ids'

const named = (...ids: string[]) => withDistinctIds(ids.map((id) => ({ id }))).map(({ id }) => id)

it('leaves ids that occur once, and numbers the others', () => {
  expect(named('a', 'b', 'a', 'a')).toEqual(['a', 'b', 'a#2', 'a#3'])
})

it.each([
  [
    ['a', 'a', 'a#2'],
    ['a', 'a#3', 'a#2'],
  ],
  [
    ['a#2', 'a', 'a'],
    ['a#2', 'a', 'a#3'],
  ],
  [
    ['a', 'a#2', 'a#2', 'a'],
    ['a', 'a#2', 'a#2#2', 'a#3'],
  ],
])('takes no name that another item has: %j', (given, expected) => {
  expect(named(...given)).toEqual(expected)
})

it('stays quick where one id occurs very often', () => {
  const ids = named(...new Array<string>(50_000).fill('a'))
  expect(new Set(ids).size).toBe(50_000)
})
