import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Name, numberNames } from './names'

test('names are numbered as they come, row after row and column after column; 1 and "1" are two', () => {
  const { names, numbers } = numberNames({ first: [7, '7', 1.5], second: ['a', 7, -0] })
  expect(names).toEqual([7, 'a', '7', 1.5, 0])
  expect([...numbers.first]).toEqual([0, 2, 3])
  expect([...numbers.second]).toEqual([1, 0, 4])
})

test('numbers stand for names, each of which there is once, whatever kind of array they are in', () => {
  const name = fc.oneof(
    fc.integer({ min: -3, max: 3000 }),
    fc.constantFrom('a', '1', 0.5, 2 ** 40, 1e300, -0),
  )
  fc.assert(
    fc.property(fc.array(name), (values: Name[]) => {
      const { names, numbers } = numberNames({ values })
      expect(new Set(names).size).toBe(names.length)
      expect(Array.from(numbers.values, (number) => names[number])).toEqual(
        values.map((v) => (v === 0 ? 0 : v)),
      )
      const integers = values.filter((v): v is number => Number.isInteger(v) && Math.abs(Number(v)) < 2 ** 31)
      expect(numberNames({ values: Int32Array.from(integers) })).toEqual(numberNames({ values: integers }))
    }),
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, null, true])('%s is no name', (value) => {
  expect(() => numberNames({ first: ['a'], second: [value as never] })).toThrow(
    `second[0] is ${value}; expected`,
  )
})
