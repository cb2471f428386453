import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EvalsError } from '../evals-error'
import { logisticRegression } from './logistic-regression'

interface Golden {
  features: number[][]
  labels: number[]
  weights?: number[]
  offset?: number[]
  useIntercept: boolean
  l2: number
  coefficients: number[]
  intercept: number
  logLoss: number
}

const url = new URL('../goldens/regressions.json', import.meta.url)
const { logistic }: { logistic: Golden[] } = JSON.parse(readFileSync(url, 'utf8'))

const codeOf = (fn: () => unknown) => {
  try {
    fn()
  } catch (error) {
    return EvalsError.isInstance(error) ? error.code : error
  }
  return undefined
}

describe('equals statsmodels and scikit-learn', () => {
  test.each(logistic.map((golden, i) => [i, golden] as const))('golden %i', (_, golden) => {
    const { useIntercept, l2, coefficients, intercept, logLoss, ...input } = golden
    const fit = logisticRegression(input, { l2, intercept: useIntercept })
    // Both sides are solvers; each stops where its own next step is lost in rounding.
    coefficients.forEach((c, j) => {
      expect(Math.abs(fit.coefficients[j]! / c - 1)).toBeLessThan(1e-8)
    })
    expect(fit.intercept).toBeCloseTo(intercept, 8)
    expect(Math.abs(fit.logLoss - logLoss)).toBeLessThan(1e-12)
    expect(fit.gradient).toBeLessThan(1e-10)
  })
})

describe('refuses what has no single optimum', () => {
  const line = [[-2], [-1], [1], [2]]

  test('rows that a feature separates, wholly or but for a tie; l2 cures them', () => {
    for (const labels of [
      [0, 0, 1, 1],
      [1, 1, 0, 0],
    ]) {
      expect(codeOf(() => logisticRegression({ features: line, labels }))).toBe('SEPARABLE')
      expect(logisticRegression({ features: line, labels }, { l2: 0.1 }).gradient).toBeLessThan(1e-10)
    }
    const touching = { features: [[-1], [0], [0], [1]], labels: [0, 0, 1, 1] }
    expect(codeOf(() => logisticRegression(touching))).toBe('SEPARABLE')
    const soft = { features: [[-1], [0], [1]], labels: [0, 0.3, 1] }
    expect(codeOf(() => logisticRegression(soft))).toBe('SEPARABLE')
  })

  test('rows of one label, where there is an intercept', () => {
    expect(codeOf(() => logisticRegression({ features: line, labels: [1, 1, 1, 1] }, { l2: 1 }))).toBe(
      'SEPARABLE',
    )
    const fit = logisticRegression({ features: line, labels: [1, 1, 1, 1] }, { intercept: false })
    expect(fit.coefficients[0]).toBeCloseTo(0, 12)
  })

  test('columns that follow from others', () => {
    const features = [
      [1, 2],
      [2, 4],
      [3, 6],
      [0, 0],
    ]
    expect(() => logisticRegression({ features, labels: [0, 1, 0, 1] })).toThrow('features[…][1]')
    const constant = [[5], [5], [5]]
    expect(() => logisticRegression({ features: constant, labels: [0, 1, 1] })).toThrow('the intercept')
    expect(logisticRegression({ features: constant, labels: [0, 1, 1] }, { l2: 1 }).gradient).toBeLessThan(
      1e-9,
    )
  })

  test('points that overlap by a hair are fitted', () => {
    const features = Array.from({ length: 40 }, (_, i) => [i])
    const labels = features.map(([x]) => (x! > 19 ? 1 : 0))
    labels[19] = 1
    labels[20] = 0
    expect(logisticRegression({ features, labels }).coefficients[0]).toBeGreaterThan(0.5)
  })
})

test('a weight of 2 is a row twice, a soft label is a 1 and a 0 by its share', () => {
  const row = fc.record({
    x: fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
    y: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    w: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 3, maxLength: 20 }), (rows) => {
      const input = {
        features: rows.map(({ x }) => x),
        labels: rows.map(({ y }) => y),
        weights: rows.map(({ w }) => w),
      }
      const twice = {
        features: rows.flatMap(({ x }) => [x, x]),
        labels: rows.flatMap(() => [1, 0]),
        weights: rows.flatMap(({ y, w }) => [w * y, w * (1 - y)]),
      }
      const [a, b] = [logisticRegression(input, { l2: 0.3 }), logisticRegression(twice, { l2: 0.3 })]
      expect(a.intercept).toBeCloseTo(b.intercept, 8)
      a.coefficients.forEach((c, j) => {
        expect(c).toBeCloseTo(b.coefficients[j]!, 8)
      })
    }),
  )
})

test('large known offsets leave little curvature at the start, and are fitted all the same', () => {
  const features = [[0], [1], [2], [3], [4]]
  const offset = [60, 60, 60, 60, 60]
  const input = { features, labels: [0, 1, 0, 1, 1] }
  const [plain, shifted] = [logisticRegression(input), logisticRegression({ ...input, offset })]
  expect(shifted.intercept + 60).toBeCloseTo(plain.intercept, 8)
  expect(shifted.coefficients[0]).toBeCloseTo(plain.coefficients[0]!, 8)
})

test('refuses bad input by name', () => {
  const good = { features: [[1], [2], [3]], labels: [0, 1, 0] }
  expect(() => logisticRegression({ ...good, features: [[1], [2, 3], [4]] })).toThrow('features[1] has 2')
  expect(() => logisticRegression({ ...good, features: [[1], [Number.NaN], [4]] })).toThrow('features[1][0]')
  expect(() => logisticRegression({ ...good, labels: [0, 2, 0] })).toThrow('labels[1] is 2')
  expect(() => logisticRegression({ ...good, weights: [0, 0, 0] })).toThrow('weights are all 0')
  expect(() => logisticRegression(good, { l2: -1 })).toThrow('l2 is -1')
  expect(() => logisticRegression({ features: [], labels: [] })).toThrow('features is empty')
  const misspelt = { c: 1 } as Record<string, number>
  expect(() => logisticRegression(good, misspelt)).toThrow('no option c')
})
