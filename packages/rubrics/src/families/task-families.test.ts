import { expect, test } from 'vitest'
import { taskFamilies } from './task-families'

test('every family has a name of its own and one criterion on the scale of PaTaRM, anchored at both ends', () => {
  const families = Object.values(taskFamilies)
  expect(new Set(families.map(({ task }) => task)).size).toBe(families.length)
  for (const { primary } of families) {
    const { min, max, anchors } = primary.scale
    expect([min, max]).toEqual([1, 10])
    expect(anchors?.map(({ score }) => score)).toEqual([1, 4, 7, 10])
  }
})

test('descriptions and anchors are short enough to be read, and none is used twice', () => {
  const texts = Object.values(taskFamilies).flatMap(({ primary }) => [
    primary.description,
    ...primary.scale.anchors!.map(({ meaning }) => meaning),
  ])
  expect(new Set(texts).size).toBe(texts.length)
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(340)
})
