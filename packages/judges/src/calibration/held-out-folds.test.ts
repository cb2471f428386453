import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heldOutFolds, predictHeldOut } from './held-out-folds'

test('groups stay together, every fold has rows, and sizes differ by one group at most', () => {
  const groups = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 60 })
  fc.assert(
    fc.property(groups, fc.integer({ min: 2, max: 6 }), fc.nat(), (labels, folds, seed) => {
      const distinct = new Set(labels)
      fc.pre(distinct.size >= 2)
      const foldOf = heldOutFolds(labels.length, { folds, seed, groups: labels })
      const sets = new Map<number, Set<number>>()
      labels.forEach((group, i) => {
        expect(foldOf[i]).toBe(foldOf[labels.indexOf(group)])
        sets.set(foldOf[i]!, (sets.get(foldOf[i]!) ?? new Set()).add(group))
      })
      expect(sets.size).toBe(Math.min(folds, distinct.size))
      const sizes = [...sets.values()].map(({ size }) => size)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(heldOutFolds(labels.length, { folds, seed, groups: labels })).toEqual(foldOf)
    }),
  )
})

test('another seed is another assignment', () => {
  expect(heldOutFolds(50, { seed: 1 })).not.toEqual(heldOutFolds(50, { seed: 2 }))
})

test('each row is predicted by what was fitted without its fold', () => {
  const rows = Array.from({ length: 17 }, (_, i) => i)
  const foldOf = heldOutFolds(rows.length, { folds: 4 })
  const predicted = predictHeldOut(
    rows,
    { folds: 4 },
    (others) => others,
    (others, row) => {
      expect(others).not.toContain(row)
      return others.length
    },
  )
  const sizes = rows.map((row) => rows.length - foldOf.filter((fold) => fold === foldOf[row]).length)
  expect(predicted).toEqual(sizes)
})
