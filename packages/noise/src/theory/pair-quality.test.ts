import { readFileSync } from 'node:fs'
import { normalCdf, sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expressionQuality } from '../annotators/expression-quality'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { type DrawnFamily, drawUtilities, meanOf } from '../testing/draw-utilities'
import { fiveErrors } from '../testing/sampling-error'
import { expectedAbsoluteDifference } from './expected-absolute-difference'
import { integrate } from './integrate'
import {
  gaussianPairQuality,
  gaussianQualityCdf,
  gaussianQualityDensity,
  pairQuality,
  pairQualityDensity,
} from './pair-quality'
import { type UtilityFamily, utilityDistribution } from './utility-distribution'

type Pair = { family: UtilityFamily; a: [number, number]; b: [number, number]; value: number }
const goldens: {
  absoluteDifferences: Pair[]
  qualities: (Pair & { beta: number })[]
  gaussian: { beta: number; scale: number; link: 'logistic' | 'probit'; value: number }[]
} = JSON.parse(readFileSync(new URL('goldens/expectations.json', import.meta.url), 'utf8'))

const distributionOf = (family: UtilityFamily, [location, scale]: [number, number]) =>
  utilityDistribution(family, {
    location,
    scale,
    ...(family === 'student-t' && { degreesOfFreedom: 3 }),
  })

test.each(goldens.absoluteDifferences)(
  'E|Δr|, $family $a $b, agrees with mpmath',
  ({ family, a, b, value }) => {
    const found = expectedAbsoluteDifference(distributionOf(family, a), distributionOf(family, b))
    expect(Math.abs(found / value - 1)).toBeLessThan(1e-10)
  },
)

test.each(goldens.qualities)(
  'E ξ(|Δr|), $family $a $b, agrees with mpmath',
  ({ family, a, b, beta, value }) => {
    const found = pairQuality((d) => sigmoid(beta * d), distributionOf(family, a), distributionOf(family, b))
    expect(Math.abs(found / value - 1)).toBeLessThan(1e-10)
  },
)

test.each(goldens.gaussian)('Q_pair, Gaussian, β = $beta, $link, agrees with mpmath', (row) => {
  const { value, ...options } = row
  expect(Math.abs(gaussianPairQuality(options) / value - 1)).toBeLessThan(1e-10)
})

test('E|Δr| of one prompt in closed form', () => {
  const scale = 1.7
  const closed = {
    normal: (2 * scale) / Math.sqrt(Math.PI),
    logistic: 2 * scale,
    gumbel: 2 * scale * Math.LN2,
    laplace: 1.5 * scale,
    uniform: (2 * scale) / 3,
  }
  for (const [family, expected] of Object.entries(closed)) {
    const found = expectedAbsoluteDifference(
      utilityDistribution(family as UtilityFamily, { location: 3, scale }),
    )
    expect(Math.abs(found / expected - 1), family).toBeLessThan(1e-11)
  }
  const cauchy = utilityDistribution('student-t', { degreesOfFreedom: 1 })
  expect(expectedAbsoluteDifference(cauchy)).toBe(Number.POSITIVE_INFINITY)
})

test('the probit closed form is what is integrated', () => {
  const utilities = utilityDistribution('normal', { scale: 0.6 })
  for (const beta of [0, 0.2, 1, 7]) {
    const found = pairQuality((d) => normalCdf(beta * d), utilities)
    expect(Math.abs(found - gaussianPairQuality({ beta, scale: 0.6, link: 'probit' }))).toBeLessThan(1e-10)
  }
})

// As quoted from the paper, with its four decimals of simulation, against half of the β²σ² that they are quoted for.
test.each([
  [1, 0.6749],
  [2, 0.7251],
  [4, 0.7781],
  [10, 0.8428],
])('the paper’s number for β²σ² = %d is that of half of it', (squared, quoted) => {
  expect(Math.abs(gaussianPairQuality({ beta: Math.sqrt(squared / 2) }) - quoted)).toBeLessThan(1.5e-4)
  expect(Math.abs(gaussianPairQuality({ beta: Math.sqrt(squared) }) - quoted)).toBeGreaterThan(0.03)
})

const upToOne = [0.5, 0.5 + 1e-6, 0.6, 0.9, 0.99, 1 - 1e-4, 1 - 1e-6, 1 - 1e-9, 1]

test.each([0.05, 0.3, 1, 3])(
  'f_τ at βσ = %d integrates to one over [½, 1), and its mean is Q_pair',
  (beta) => {
    const density = (t: number) => gaussianQualityDensity(t, { beta, scale: 1 })
    expect(Math.abs(integrate(density, upToOne, { scale: 1 }) - 1)).toBeLessThan(1e-10)
    const mean = integrate((t) => t * density(t), upToOne, { scale: 1 })
    expect(Math.abs(mean - gaussianPairQuality({ beta }))).toBeLessThan(1e-10)
    expect([density(0.49), density(0), density(1)]).toEqual([0, 0, 0])
  },
)

test('the distribution function of τ is the integral of its density', () => {
  const options = { beta: 1.5, scale: 0.8 }
  const density = (t: number) => gaussianQualityDensity(t, options)
  for (const tau of [0.5, 0.55, 0.7, 0.9, 0.999]) {
    const share = integrate(density, [0.5, (0.5 + tau) / 2, tau], { scale: 1 })
    expect(Math.abs(gaussianQualityCdf(tau, options) - share)).toBeLessThan(1e-11)
  }
  expect([gaussianQualityCdf(0.3, options), gaussianQualityCdf(1, options)]).toEqual([0, 1])
})

const gaussian = utilityDistribution('normal', { scale: 0.7 })
const numeric = { ...gaussian, gaussian: false }
const beta = 1.4
const logistic = (d: number) => sigmoid(beta * d)

test.each([0.5, 0.51, 0.6, 0.75, 0.9, 0.99, 0.999])('numeric f_τ(%d) equals the closed form', (tau) => {
  const expected = gaussianQualityDensity(tau, { beta, scale: 0.7 })
  const options = {
    slope: (d: number) => beta * logistic(d) * logistic(-d),
    inverse: (t: number) => Math.log(t / (1 - t)) / beta,
  }
  const given = pairQualityDensity(tau, logistic, [numeric], options)
  expect(Math.abs(given / expected - 1)).toBeLessThan(1e-11)
  // Without them: at ½ itself the slope is that of a step aside.
  const found = pairQualityDensity(tau, logistic, [numeric])
  expect(Math.abs(found / expected - 1)).toBeLessThan(tau === 0.5 ? 1e-9 : 1e-10)
})

test('f_τ of other families and of a ξ written down integrates to one', () => {
  const quality = expressionQuality('0.5 + 0.4*delta/(1 + delta)')
  const a = utilityDistribution('laplace', { scale: 0.5 })
  const b = utilityDistribution('logistic', { location: 1, scale: 0.3 })
  const density = (tau: number) => pairQualityDensity(tau, quality, [a, b])
  const sum = integrate(density, [0.5, 0.6, 0.7, 0.8, 0.85, 0.88, 0.9], { scale: 1, tolerance: 1e-9 })
  expect(Math.abs(sum - 1)).toBeLessThan(1e-8)
  expect([density(0.4), density(0.9), density(0.95)]).toEqual([0, 0, 0])
})

const drawn: DrawnFamily[] = ['normal', 'logistic', 'gumbel', 'laplace', 'uniform']
const draws = 200_000

test.each(drawn)('%s: simulated utilities and annotators, within five standard errors', (family) => {
  const [a, b] = [{ location: 0.3, scale: 0.8 }, { scale: 1.5 }]
  const [first, second] = [drawUtilities(family, a, 1), drawUtilities(family, b, 2)]
  const deltas = Float64Array.from({ length: draws }, () => first() - second())
  const [one, other] = [utilityDistribution(family, a), utilityDistribution(family, b)]
  const { mean, standardError } = meanOf(deltas.map(Math.abs))
  expect(Math.abs(mean - expectedAbsoluteDifference(one, other))).toBeLessThan(5 * standardError)
  const labels = simulateAnnotations(deltas, logisticAnnotator({ beta: 2 }), { seed: 3 })
  const right = labels.filter((label, i) => label * deltas[i]! > 0).length / draws
  const quality = pairQuality((d) => sigmoid(2 * d), one, other)
  expect(Math.abs(right - quality)).toBeLessThan(fiveErrors(quality, draws))
})

const positive = fc.double({ min: 0.01, max: 20, noNaN: true })

test('Q_pair grows with β and with σ, stays within [½, 1], and depends on their product', () => {
  fc.assert(
    fc.property(positive, positive, positive, (less, step, scale) => {
      for (const link of ['logistic', 'probit'] as const) {
        const [low, high] = [less, less + step].map((beta) => gaussianPairQuality({ beta, scale, link }))
        expect(low).toBeGreaterThanOrEqual(0.5)
        expect(high).toBeLessThanOrEqual(1)
        expect(high! - low!).toBeGreaterThan(0)
        expect(Math.abs(gaussianPairQuality({ beta: scale, scale: less, link }) - low!)).toBeLessThan(1e-11)
      }
    }),
  )
})

test('a β so large that all but equals are told apart, and one of 0', () => {
  expect(1 - gaussianPairQuality({ beta: 1e4 })).toBeCloseTo((2 * Math.LN2) / 1e4 / Math.sqrt(4 * Math.PI), 8)
  expect(gaussianPairQuality({ beta: 0 })).toBeCloseTo(0.5, 12)
})

test.each([
  ['OUT_OF_RANGE', () => gaussianPairQuality({ beta: -1 })],
  ['OUT_OF_RANGE', () => gaussianPairQuality({ scale: 0 })],
  ['INVALID_OPTION', () => gaussianPairQuality({ sigma: 1 } as never)],
  ['INVALID_OPTION', () => gaussianPairQuality({ link: 'cauchit' as never })],
  ['OUT_OF_RANGE', () => gaussianQualityDensity(1.5)],
  ['OUT_OF_RANGE', () => gaussianQualityDensity(0.7, { beta: 0 })],
  ['OUT_OF_RANGE', () => gaussianQualityCdf(Number.NaN)],
  ['OUT_OF_RANGE', () => pairQuality((d) => d, gaussian)],
  ['NOT_MONOTONE', () => pairQuality((d) => 0.5 + 0.4 * Math.exp(-d), gaussian)],
  ['OUT_OF_RANGE', () => pairQualityDensity(2, logistic, [gaussian])],
])('%s: %s', (code, call) => {
  expect(call).toThrow(expect.objectContaining({ code }))
})
