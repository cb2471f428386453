import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { drawUtilities } from '../testing/draw-utilities'
import { fiveErrors } from '../testing/sampling-error'
import { classificationLogit } from './classification-logit'
import { type UtilityFamily, utilityDistribution } from './utility-distribution'

const {
  classification,
}: {
  classification: {
    family: UtilityFamily
    reward: number
    location: number
    scale: number
    winProbability: number
    logit: number
  }[]
} = JSON.parse(readFileSync(new URL('goldens/expectations.json', import.meta.url), 'utf8'))

test.each(classification)('$family, reward $reward, agrees with mpmath', (row) => {
  const { family, reward, location, scale, winProbability, logit } = row
  const degrees = family === 'student-t' ? { degreesOfFreedom: 3 } : {}
  const found = classificationLogit(reward, utilityDistribution(family, { location, scale, ...degrees }))
  expect(Math.abs(found.winProbability / winProbability - 1)).toBeLessThan(1e-11)
  expect(Math.abs(found.logit - logit)).toBeLessThan(1e-11)
})

const number = fc.double({ min: -30, max: 30, noNaN: true })

test('both bounds hold, and the logit grows with the reward but no faster', () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1, maxLength: 20 }),
      number,
      number,
      (rewards, reward, other) => {
        const one = classificationLogit(reward, rewards)
        expect(one.logit - one.lowerBound).toBeGreaterThan(-1e-9)
        expect(one.upperBound - one.logit).toBeGreaterThan(-1e-9)
        const change = classificationLogit(other, rewards).logit - one.logit
        const step = other - reward
        expect(change * Math.sign(step)).toBeGreaterThan(-1e-9)
        expect(Math.abs(change)).toBeLessThan(Math.abs(step) + 1e-9)
      },
    ),
  )
})

test('both bounds hold for distributions', () => {
  const family = fc.constantFrom('normal', 'logistic', 'gumbel', 'laplace', 'uniform')
  const scale = fc.double({ min: 0.05, max: 1.5, noNaN: true })
  fc.assert(
    fc.property(family, number, scale, number, (name, location, width, reward) => {
      const opponents = utilityDistribution(name as UtilityFamily, { location, scale: width })
      const { lowerBound, logit, upperBound } = classificationLogit(reward, opponents)
      expect(logit - lowerBound).toBeGreaterThan(-1e-9)
      expect(upperBound - logit).toBeGreaterThan(-1e-9)
    }),
  )
})

test('against equals all three are the reward difference', () => {
  const { lowerBound, logit, upperBound } = classificationLogit(2.5, [1, 1, 1])
  for (const value of [lowerBound, logit, upperBound]) expect(value).toBeCloseTo(1.5, 12)
})

test('rewards far apart overflow nothing', () => {
  const { winProbability, logit, lowerBound, upperBound } = classificationLogit(0, [600, 700])
  expect(winProbability).toBeCloseTo(0, 12)
  expect(logit).toBeCloseTo(-600 - Math.LN2, 9)
  expect(lowerBound).toBeCloseTo(-700 + Math.LN2, 9)
  expect(upperBound).toBeCloseTo(-600 - Math.LN2, 9)
})

test('heavy tails leave no bounds, but a logit', () => {
  const found = classificationLogit(0.3, utilityDistribution('student-t', { degreesOfFreedom: 2 }))
  expect(found.lowerBound).toBe(Number.NEGATIVE_INFINITY)
  expect(found.upperBound).toBe(Number.POSITIVE_INFINITY)
  expect(found.logit).toBeGreaterThan(0)
})

test('a density of one’s own has numeric bounds', () => {
  const own = { density: (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) }
  const expected = classificationLogit(1, utilityDistribution('normal', { location: 2, scale: 0.8 }))
  const found = classificationLogit(1, utilityDistribution(own, { location: 2, scale: 0.8 }))
  expect(Math.abs(found.lowerBound - expected.lowerBound)).toBeLessThan(1e-10)
  expect(Math.abs(found.upperBound - expected.upperBound)).toBeLessThan(1e-10)
})

test('simulated comparisons, within five standard errors', () => {
  const [reward, count] = [0.8, 300_000]
  const options = { location: 0.2, scale: 1.3 }
  const opponent = drawUtilities('gumbel', options, 1)
  const deltas = Float64Array.from({ length: count }, () => reward - opponent())
  const wins = simulateAnnotations(deltas, logisticAnnotator()).filter((label) => label === 1).length
  const { winProbability } = classificationLogit(reward, utilityDistribution('gumbel', options))
  expect(Math.abs(wins / count - winProbability)).toBeLessThan(fiveErrors(winProbability, count))
})

test.each([
  ['OUT_OF_RANGE', Number.NaN, [1]],
  ['TOO_FEW', 1, []],
  ['NOT_FINITE', 1, [1, Number.POSITIVE_INFINITY]],
])('%s', (code, reward, opponents) => {
  expect(() => classificationLogit(reward, opponents)).toThrow(expect.objectContaining({ code }))
})
