import { expect, test } from 'vitest'
import { averageRanks, pearson, spearman } from './correlation'
import { goldens } from './goldens/load-goldens'

test.each(goldens.correlations)('are SciPy’s', (row) => {
  // Sums of a few hundred products: a dozen digits survive.
  expect(pearson(row.x, row.y)).toBeCloseTo(row.pearson, 12)
  expect(spearman(row.x, row.y)).toBeCloseTo(row.spearman, 12)
})

test('equal values share the mean of their ranks', () => {
  expect([...averageRanks([10, 30, 20, 20, 5])]).toEqual([2, 5, 3.5, 3.5, 1])
})

test('are null where a side does not vary, and ±1 on a line', () => {
  expect(pearson([1, 1], [1, 2])).toBeNull()
  expect(spearman([1], [1])).toBeNull()
  // The mean of three 0.1s is not 0.1.
  expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull()
  expect(pearson([0, 5e-324], [1, 2])).toBeNull()
  expect(pearson([1, 2, 3], [0.1, 0.2, 0.3])).toBeCloseTo(1, 14)
  expect(spearman([1, 2, 3], [9, 4, 1])).toBeCloseTo(-1, 14)
})

test('refuse bad input by name', () => {
  expect(() => pearson([], [])).toThrow('x is empty')
  expect(() => spearman([1, 2], [1])).toThrow('y has 1 values and x has 2')
  expect(() => pearson([1, 2], [1, Number.NaN])).toThrow('y[1] is NaN')
})
