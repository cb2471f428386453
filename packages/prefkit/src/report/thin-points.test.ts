import { expect, test } from 'vitest'
import { smoothPoints, thinPoints } from './thin-points'

const points = (values: readonly number[]) => values.map((value, i) => ({ step: i + 1, value }))

test('few points are drawn as they are, without those that are no numbers', () => {
  expect(thinPoints(points([1, Number.NaN, 3]))).toEqual([
    { step: 1, value: 1 },
    { step: 3, value: 3 },
  ])
  expect(thinPoints([])).toEqual([])
})

test('many points are drawn as means of neighbours, at the last step of each part', () => {
  expect(thinPoints(points([1, 3, 5, 7, 10]), 2)).toEqual([
    { step: 3, value: 3 },
    { step: 5, value: 8.5 },
  ])
})

test('running means go over what neighbours there are', () => {
  expect(smoothPoints(points([0, 3, 6, 0]), 1).map(({ value }) => value)).toEqual([1.5, 3, 3, 3])
})
