import fc from 'fast-check'
import { expect, test } from 'vitest'
import { absoluteDifferenceDensity, differenceDensity } from './difference'
import { breaksOf, expectation } from './expectations'
import { integrate } from './integrate'
import { type UtilityDistribution, utilityDistribution } from './utility-distribution'

const families: [string, UtilityDistribution][] = [
  ...(['normal', 'logistic', 'gumbel', 'laplace', 'uniform'] as const).map(
    (family): [string, UtilityDistribution] => [
      family,
      utilityDistribution(family, { location: -1.5, scale: 0.4 }),
    ],
  ),
  ...[0.7, 1, 3, 40, 299, 301, 5000].map((degreesOfFreedom): [string, UtilityDistribution] => [
    `student-t ${degreesOfFreedom}`,
    utilityDistribution('student-t', { location: -1.5, scale: 0.4, degreesOfFreedom }),
  ]),
  [
    'a density of one’s own',
    utilityDistribution(
      { density: (z) => (z < 0 ? 0 : Math.exp(-z)), low: 0, kinks: [] },
      { location: -1.5, scale: 0.4 },
    ),
  ],
]

test.each(families)('%s: the density integrates to one', (_, distribution) => {
  expect(Math.abs(expectation(distribution, () => 1) - 1)).toBeLessThan(1e-10)
})

const light = families.filter(([name]) => !name.startsWith('student-t 0'))

test.each(light)('%s: the density of the difference integrates to one', (_, distribution) => {
  const other = utilityDistribution('logistic', { location: 0.5 })
  const density = differenceDensity(distribution, other)
  const breaks = [Number.NEGATIVE_INFINITY, -10, -4, -2, -1, 0, 4, Number.POSITIVE_INFINITY]
  expect(Math.abs(integrate(density, breaks, { scale: 1, tolerance: 1e-11 }) - 1)).toBeLessThan(1e-10)
})

test('the difference of two Gumbels is logistic', () => {
  const gumbel = utilityDistribution('gumbel', { location: 7, scale: 1.3 })
  const logistic = utilityDistribution('logistic', { scale: 1.3 })
  for (const t of [0, 0.01, 0.5, 2, 9]) {
    const found = absoluteDifferenceDensity(gumbel, gumbel)(t)
    expect(Math.abs(found / (2 * logistic.density(t)) - 1)).toBeLessThan(1e-11)
  }
})

test('the difference of two uniforms is a triangle', () => {
  const uniform = utilityDistribution('uniform', { location: 7, scale: 0.5 })
  for (const t of [0, 0.01, 0.5, 0.99, 1, 1.01]) {
    expect(absoluteDifferenceDensity(uniform, uniform)(t)).toBeCloseTo(2 * Math.max(0, 1 - t), 12)
  }
})

test('the Gaussian difference without the closed form equals the one with it', () => {
  const a = utilityDistribution('normal', { location: 1, scale: 0.5 })
  const b = utilityDistribution('normal', { location: -0.5, scale: 2 })
  const numeric = differenceDensity({ ...a, gaussian: false }, b)
  for (const d of [-6, -1, 0, 0.3, 1.5, 9]) {
    expect(Math.abs(numeric(d) / differenceDensity(a, b)(d) - 1)).toBeLessThan(1e-10)
  }
})

test('log E exp(±r) in closed form is what is integrated', () => {
  for (const family of ['normal', 'logistic', 'gumbel', 'laplace', 'uniform'] as const) {
    for (const sign of [1, -1] as const) {
      const distribution = utilityDistribution(family, { location: 0.7, scale: 0.4 })
      const breaks = [...breaksOf(distribution), -20, 20].filter(
        (r) => r >= distribution.low && r <= distribution.high,
      )
      const mean = integrate((r) => Math.exp(sign * r + Math.log(distribution.density(r))), breaks, {
        scale: 1,
      })
      expect(Math.abs(distribution.logMeanExp!(sign) - Math.log(mean))).toBeLessThan(1e-10)
    }
  }
  const infinite = (['logistic', 'gumbel', 'laplace'] as const).map((family) =>
    utilityDistribution(family, { scale: 1 }).logMeanExp!(1),
  )
  expect(infinite).toEqual(infinite.map(() => Number.POSITIVE_INFINITY))
  const t = utilityDistribution('student-t', { degreesOfFreedom: 9 })
  expect(t.logMeanExp!(-1)).toBe(Number.POSITIVE_INFINITY)
})

test('location and scale move and stretch the density', () => {
  const finite = { noNaN: true, noDefaultInfinity: true }
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 50, ...finite }),
      fc.double({ min: 0.01, max: 50, ...finite }),
      fc.double({ min: -9, max: 9, ...finite }),
      (location, scale, z) => {
        const standard = utilityDistribution('gumbel').density(z)
        const moved = utilityDistribution('gumbel', { location, scale }).density(location + scale * z) * scale
        expect(Math.abs(moved - standard)).toBeLessThan(1e-10)
      },
    ),
  )
})

test.each([
  ['OUT_OF_RANGE', 'normal', { scale: 0 }],
  ['OUT_OF_RANGE', 'normal', { location: Number.NaN }],
  ['OUT_OF_RANGE', 'student-t', {}],
  ['INVALID_OPTION', 'normal', { degreesOfFreedom: 3 }],
  ['INVALID_OPTION', 'normal', { spread: 3 }],
  ['INVALID_OPTION', 'cauchy', {}],
  ['INVALID_OPTION', { pdf: () => 1 }, {}],
])('%s for %j with %j', (code, family, options) => {
  expect(() => utilityDistribution(family as never, options as never)).toThrow(
    expect.objectContaining({ code }),
  )
})
