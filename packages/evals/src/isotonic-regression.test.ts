import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitIsotonic, type IsotonicFunction, isotonicValue } from './isotonic-regression'

interface Golden {
  x: number[]
  y: number[]
  weights?: number[]
  thresholds: IsotonicFunction
  at: number[]
  values: number[]
}

const url = new URL('goldens/regressions.json', import.meta.url)
const { isotonic }: { isotonic: Golden[] } = JSON.parse(readFileSync(url, 'utf8'))

test.each(isotonic.map((golden, i) => [i, golden] as const))(
  'equals scikit-learn: golden %i',
  (_, golden) => {
    const fit = fitIsotonic({ x: golden.x, y: golden.y, weights: golden.weights })
    expect(fit.x).toEqual(golden.thresholds.x)
    fit.y.forEach((y, i) => {
      expect(y).toBeCloseTo(golden.thresholds.y[i]!, 12)
    })
    golden.at.forEach((at, i) => {
      expect(isotonicValue(fit, at)).toBeCloseTo(golden.values[i]!, 12)
    })
  },
)

const points = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 40,
})

test('never falls, keeps the mean, and survives JSON', () => {
  fc.assert(
    fc.property(points, (rows) => {
      const x = rows.map(([at]) => at)
      const y = rows.map(([, value]) => value)
      const fit: IsotonicFunction = JSON.parse(JSON.stringify(fitIsotonic({ x, y })))
      const values = x.map((at) => isotonicValue(fit, at))
      const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0)
      expect(sum(values)).toBeCloseTo(sum(y), 9)
      const sweep = Array.from({ length: 141 }, (_, i) => isotonicValue(fit, -7 + i / 10))
      expect(sweep).toEqual([...sweep].sort((a, b) => a - b))
    }),
  )
})

test('no function that never falls is nearer', () => {
  fc.assert(
    fc.property(
      points,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 11, maxLength: 11 }),
      (rows, steps) => {
        const fit = fitIsotonic({
          x: rows.map(([at]) => at),
          y: rows.map(([, value]) => value),
        })
        const rising = [...steps].sort((a, b) => a - b)
        const loss = (f: (at: number) => number) =>
          rows.reduce((sum, [at, value]) => sum + (f(at) - value) ** 2, 0)
        expect(loss((at) => isotonicValue(fit, at))).toBeLessThanOrEqual(loss((at) => rising[at + 5]!) + 1e-9)
      },
    ),
  )
})

test('refuses bad input by name', () => {
  expect(() => fitIsotonic({ x: [], y: [] })).toThrow('x is empty')
  expect(() => fitIsotonic({ x: [1, 2], y: [1] })).toThrow('y has 1')
  expect(() => fitIsotonic({ x: [1, Number.NaN], y: [1, 2] })).toThrow('x[1]')
  expect(() => fitIsotonic({ x: [1], y: [1], weights: [-1] })).toThrow('weights[0]')
  expect(() => fitIsotonic({ x: [1], y: [1], weights: [0] })).toThrow('weights are all 0')
  const misspelt = { x: [1], y: [1], weight: [1] }
  expect(() => fitIsotonic(misspelt)).toThrow('no option weight')
  expect(() => isotonicValue({ x: [0], y: [1] }, Number.NaN)).toThrow('at[0] is NaN')
})
