import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  comparisonsForRisk,
  rewardErrorRate,
  truncatedKlRate,
  truncatedKlRateExponent,
} from './truncated-kl-rate'
import { truncatedKlRisk } from './truncated-kl-risk'

const probability = fc.double({ min: 0, max: 1, noNaN: true })
const probabilities = fc.array(fc.tuple(probability, probability), { minLength: 1, maxLength: 30 })
const split = (pairs: [number, number][]) => [pairs.map(([p]) => p), pairs.map(([, q]) => q)] as const

test('the risk by hand', () => {
  const expected = 0.8 * Math.log(0.8 / 0.5) + 0.2 * Math.log(0.2 / 0.5)
  expect(truncatedKlRisk([0.8], [0.5])).toBeCloseTo(expected, 14)
  // e² for one thing, nothing for the other; and what never happens costs nothing.
  expect(truncatedKlRisk([1, 0], [0, 0])).toBe(1)
  expect(truncatedKlRisk([1], [0], { bound: 5 })).toBe(5)
  expect(truncatedKlRisk([1], [0], { bound: Number.POSITIVE_INFINITY })).toBe(Number.POSITIVE_INFINITY)
})

test('with B ≥ 2 it is at least the squared Hellinger distance, at most B, and grows with B to the KL risk', () => {
  fc.assert(
    fc.property(probabilities, fc.double({ min: 2, max: 10, noNaN: true }), (pairs, bound) => {
      const [p, q] = split(pairs)
      const risk = truncatedKlRisk(p, q, { bound })
      const hellinger = pairs.map(([a, b]) => 1 - Math.sqrt(a * b) - Math.sqrt((1 - a) * (1 - b)))
      const mean = hellinger.reduce((sum, value) => sum + value, 0) / pairs.length
      expect(risk).toBeGreaterThan(mean - 1e-12)
      expect(risk).toBeLessThanOrEqual(bound + 1e-12)
      expect(truncatedKlRisk(p, q, { bound: bound + 1 })).toBeGreaterThanOrEqual(risk)
      expect(truncatedKlRisk(p, q, { bound: Number.POSITIVE_INFINITY })).toBeGreaterThanOrEqual(risk)
      expect(Math.abs(truncatedKlRisk(p, p, { bound }))).toBeLessThan(1e-15)
    }),
  )
})

test('with a small B it can be negative', () => {
  expect(truncatedKlRisk([0.5], [1e-9], { bound: 0.1 })).toBeLessThan(-0.2)
})

test('the rate by hand', () => {
  const [n, d, beta, alpha, bound, depth] = [5000, 4, 1.5, 0.5, 3, 6]
  const effort = (1 + alpha) * beta
  const phi = 2 ** ((effort + (3 + alpha) * d) / (effort + d)) * n ** (-effort / (effort + d))
  const options = { dimension: d, smoothness: beta, smallValueExponent: alpha, bound }
  const fixed = truncatedKlRate(n, { ...options, depth })
  expect(Math.abs(fixed / (bound * phi * depth * Math.log(n) ** 2) - 1)).toBeLessThan(1e-12)
  const growing = truncatedKlRate(n, options)
  expect(Math.abs(growing / (bound * phi * Math.log2(n) * Math.log(n) ** 2) - 1)).toBeLessThan(1e-12)
  const { bound: _, ...classOptions } = options
  expect(truncatedKlRateExponent(classOptions)).toBeCloseTo(effort / (effort + d), 14)
})

test('smoother rewards of fewer dimensions are learned faster', () => {
  const [some, many, smooth, margin] = [
    truncatedKlRateExponent({ dimension: 2 }),
    truncatedKlRateExponent({ dimension: 9 }),
    truncatedKlRateExponent({ dimension: 9, smoothness: 3 }),
    truncatedKlRateExponent({ dimension: 9, smallValueExponent: 1 }),
  ]
  expect(some).toBeGreaterThan(many!)
  expect(smooth).toBeGreaterThan(many!)
  expect(margin).toBeGreaterThan(many!)
})

const options = { dimension: 3, smoothness: 2, calibration: { comparisons: 20_000, risk: 0.03 } }

test('a calibrated curve passes through its point, and keeps to its ratios', () => {
  expect(truncatedKlRate(20_000, options)).toBeCloseTo(0.03, 12)
  const { calibration: _, ...shape } = options
  const ratio = truncatedKlRate(80_000, shape) / truncatedKlRate(20_000, shape)
  expect(truncatedKlRate(80_000, options) / 0.03).toBeCloseTo(ratio, 12)
})

test('the comparisons for a risk turn the curve around', () => {
  for (const depth of [undefined, 3]) {
    for (const risk of [0.02, 0.001, 1e-6]) {
      const given = { ...options, ...(depth && { depth }) }
      const n = comparisonsForRisk(risk, given)
      expect(Math.abs(truncatedKlRate(n, given) / risk - 1)).toBeLessThan(1e-9)
      expect(truncatedKlRate(1.1 * n, given)).toBeLessThan(risk)
    }
  }
})

test('it rises up to e^{3/γ}, e^{2/γ} for fixed depth; a risk above the top is met from there on', () => {
  const gamma = truncatedKlRateExponent({ dimension: 3, smoothness: 2 })
  for (const [depth, power] of [
    [undefined, 3],
    [4, 2],
  ] as const) {
    const given = { dimension: 3, smoothness: 2, ...(depth && { depth }) }
    const top = Math.exp(power / gamma)
    expect(truncatedKlRate(top, given)).toBeGreaterThan(truncatedKlRate(1.2 * top, given))
    expect(truncatedKlRate(top, given)).toBeGreaterThan(truncatedKlRate(top / 1.2, given))
    expect(comparisonsForRisk(1e9, given) / top).toBeCloseTo(1, 12)
  }
})

test('for an embedding of 2,048 dimensions the bound promises nothing', () => {
  expect(truncatedKlRate(1e12, { dimension: 2048 })).toBeGreaterThan(
    truncatedKlRate(1e4, { dimension: 2048 }),
  )
  expect(() => comparisonsForRisk(0.1, { dimension: 2048 })).toThrow(
    expect.objectContaining({ code: 'UNREACHABLE' }),
  )
})

test('the error of a reward difference is the root of the risk, and smallest between the extremes', () => {
  const { calibration: _, ...shape } = options
  const half = rewardErrorRate(1e4, shape)
  expect(half).toBeCloseTo(4 * Math.SQRT2 * Math.sqrt(truncatedKlRate(1e4, { ...shape, bound: 1 })), 10)
  const { length } = [0.01, 0.99].filter(
    (winProbability) => rewardErrorRate(1e4, { ...shape, winProbability }) > 2 * half,
  )
  expect(length).toBe(2)
})

test.each([
  ['OUT_OF_RANGE', () => truncatedKlRisk([1.2], [0.5])],
  ['OUT_OF_RANGE', () => truncatedKlRisk([0.5], [Number.NaN])],
  ['OUT_OF_RANGE', () => truncatedKlRisk([0.5], [0.5], { bound: 0 })],
  ['SHAPE_MISMATCH', () => truncatedKlRisk([0.5], [0.5, 0.4])],
  ['TOO_FEW', () => truncatedKlRisk([], [])],
  ['INVALID_OPTION', () => truncatedKlRisk([0.5], [0.5], { truncation: 2 } as never)],
  ['OUT_OF_RANGE', () => truncatedKlRate(1, { dimension: 2 })],
  ['OUT_OF_RANGE', () => truncatedKlRate(10, { dimension: 0 })],
  ['OUT_OF_RANGE', () => truncatedKlRate(10, { dimension: 2, smallValueExponent: 2 })],
  ['OUT_OF_RANGE', () => truncatedKlRate(10, { dimension: 2, calibration: { comparisons: 10, risk: 0 } })],
  ['INVALID_OPTION', () => truncatedKlRate(10, { dimension: 2, beta: 1 } as never)],
  ['INVALID_OPTION', () => truncatedKlRateExponent({ dimension: 2, depth: 3 } as never)],
  ['OUT_OF_RANGE', () => comparisonsForRisk(0, { dimension: 2 })],
  ['OUT_OF_RANGE', () => rewardErrorRate(10, { dimension: 2, winProbability: 1 })],
])('%s: %s', (code, call) => {
  expect(call).toThrow(expect.objectContaining({ code }))
})
