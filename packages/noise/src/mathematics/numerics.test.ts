import fc from 'fast-check'
import { expect, test } from 'vitest'
import { poisson } from '../random/poisson'
import { uniformsFrom } from '../random/streams'
import { factorise, inverseFactored, semidefiniteFactor, solveFactored } from './cholesky'
import { normalQuantile } from './normal-quantile'

/** B Bᵀ of a B `[size, rank]`. */
function gram(b: Float64Array, size: number, rank: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < rank; k++) matrix[i * size + j]! += b[i * rank + k]! * b[j * rank + k]!
    }
  }
  return matrix
}

const times = (matrix: Float64Array, vector: ArrayLike<number>, size: number): number[] =>
  Array.from({ length: size }, (_, i) =>
    Array.from(vector).reduce((sum, x, k) => sum + matrix[i * size + k]! * x, 0),
  )

const entries = (length: number) =>
  fc.float64Array({ min: -2, max: 2, noNaN: true, minLength: length, maxLength: length })

const matrices = fc
  .integer({ min: 1, max: 8 })
  .chain((size) => fc.record({ size: fc.constant(size), b: entries(size * size), x: entries(size) }))

test('a factor solves and inverts', () => {
  fc.assert(
    fc.property(matrices, ({ size, b, x }) => {
      const matrix = gram(b, size, size)
      for (let i = 0; i < size; i++) matrix[i * size + i]! += 1
      const factor = matrix.slice()
      expect(factorise(factor, size, () => 0)).toBe(-1)
      const solved = solveFactored(factor, size, Float64Array.from(times(matrix, x, size)))
      const inverse = inverseFactored(factor, size)
      const inverted = times(inverse, times(matrix, x, size), size)
      for (let i = 0; i < size; i++) {
        expect(Math.abs(solved[i]! - x[i]!)).toBeLessThan(1e-10)
        expect(Math.abs(inverted[i]! - x[i]!)).toBeLessThan(1e-10)
      }
    }),
  )
})

test('what earlier rows determine is found, and a singular matrix still has a factor', () => {
  // The third row is the sum of the first two.
  const b = Float64Array.of(1, 2, 3, -1, 4, 1)
  const matrix = gram(b, 3, 2)
  expect(factorise(matrix.slice(), 3, (row) => 1e-12 * matrix[row * 3 + row]!)).toBe(2)
  const factor = semidefiniteFactor(matrix, 3)
  const lower = factor.map((value, k) => (k % 3 > Math.floor(k / 3) ? 0 : value))
  gram(lower, 3, 3).forEach((value, k) => {
    expect(value).toBeCloseTo(matrix[k]!, 12)
  })
})

test.each([0.3, 1, 7, 16, 40, 1000])(
  'Poisson numbers have mean and variance %d, and the probability of 0',
  (mean) => {
    const count = 40_000
    const uniform = uniformsFrom([11, mean * 10])
    const draws = Array.from({ length: count }, () => poisson(mean, uniform))
    const average = draws.reduce((sum, k) => sum + k, 0) / count
    const variance = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / count
    // Five standard errors: √(λ/n), and √((2λ² + λ)/n) of the second central moment.
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / count))
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((2 * mean ** 2 + mean) / count))
    const none = draws.filter((k) => k === 0).length / count
    const expected = Math.exp(-mean)
    expect(Math.abs(none - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / count) + 1e-9)
  },
)

test('no mean, no count', () => {
  expect(poisson(0, uniformsFrom([1]))).toBe(0)
})

// SciPy's norm.ppf.
test.each([
  [0.975, 1.959963984540054],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.025, -1.959963984540054],
  [1e-9, -5.9978070150076865],
  [1e-20, -9.26234008979841],
])('the normal quantile of %d', (p, expected) => {
  expect(normalQuantile(p)).toBeCloseTo(expected, 12)
})

test('Poisson numbers of large mean come at once, with the mean and spread that they should have', () => {
  const uniform = uniformsFrom([7])
  for (const mean of [1e6, 1e12, 1e18]) {
    const draws = Array.from({ length: 2000 }, () => (poisson(mean, uniform) - mean) / Math.sqrt(mean))
    const average = draws.reduce((sum, z) => sum + z, 0) / draws.length
    const variance = draws.reduce((sum, z) => sum + z * z, 0) / draws.length
    // Five standard errors: 1/√n of the mean, √(2/n) of the variance.
    expect(Math.abs(average)).toBeLessThan(5 / Math.sqrt(draws.length))
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length))
  }
})
