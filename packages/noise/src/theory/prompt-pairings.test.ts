import { normalCdf, sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { drawUtilities, meanOf } from '../testing/draw-utilities'
import { fiveErrors } from '../testing/sampling-error'
import { checkConcaveQuality } from './concave-quality'
import { gaussianPairQuality } from './pair-quality'
import { compareDifferences, compareQualities } from './prompt-pairings'
import { utilityDistribution } from './utility-distribution'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const place = fc.record({ location: number(-5, 5), scale: number(0.05, 4) })
/** Rounding and quadrature may take this much from an inequality that is an equality. */
const NUMERIC = 1e-9

const concave: [string, (beta: number) => (d: number) => number][] = [
  ['logistic', (beta) => (d) => sigmoid(beta * d)],
  ['probit', (beta) => (d) => normalCdf(beta * d)],
  ['tanh', (beta) => (d) => 0.5 + 0.5 * Math.tanh(beta * d)],
  ['hyperbolic', (beta) => (d) => 0.5 + (0.3 * beta * d) / (1 + beta * d)],
  ['with a corner', (beta) => (d) => Math.min(1, 0.5 + beta * d)],
]

test('Proposition 10 for Gaussian prompts, and the weights that are given', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(place, number(0.1, 3)), { minLength: 1, maxLength: 6 }), (given) => {
      const prompts = given.map(([options]) => utilityDistribution('normal', options))
      const weights = given.map(([, weight]) => weight)
      const { samePrompt, crossPrompt } = compareDifferences(prompts, { weights })
      expect(crossPrompt - samePrompt).toBeGreaterThan(-NUMERIC)
    }),
  )
})

test.each(concave)('Theorem 11 for Gaussian prompts, ξ %s', (_, of) => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 4 }), number(0.05, 5), (given, beta) => {
      const prompts = given.map((options) => utilityDistribution('normal', options))
      const { samePrompt, crossPrompt, guaranteed } = compareQualities(prompts, of(beta))
      expect(guaranteed).toBe(true)
      expect(crossPrompt - samePrompt).toBeGreaterThan(-NUMERIC)
    }),
    { numRuns: 25 },
  )
})

test('Proposition 10 and Theorem 11 for other families, mixed, skewed or not unimodal too', () => {
  const twoHumps = { density: (z: number) => (z * z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) }
  const skewed = { density: (z: number) => Math.exp(-z), low: 0 }
  const names = ['logistic', 'gumbel', 'laplace', 'uniform', 'normal'] as const
  const family = fc.constantFrom(...([...names, twoHumps, skewed] as const))
  const prompt = fc.tuple(family, place).map(([one, options]) => utilityDistribution(one, options))
  fc.assert(
    fc.property(prompt, prompt, number(0.1, 3), (a, b, beta) => {
      const differences = compareDifferences([a, b])
      expect(differences.crossPrompt - differences.samePrompt).toBeGreaterThan(-NUMERIC)
      const qualities = compareQualities([a, b], (d) => sigmoid(beta * d))
      expect(qualities.crossPrompt - qualities.samePrompt).toBeGreaterThan(-NUMERIC)
    }),
    { numRuns: 8 },
  )
})

test('without concavity it fails, and says so', () => {
  const threshold = (d: number) => 0.5 + 0.5 * sigmoid(20 * (d - 2.5))
  // One prompt whose responses differ a lot and one whose all are alike, in the middle: across, nothing is far apart.
  const prompts = [
    utilityDistribution('uniform', { scale: 2 }),
    utilityDistribution('uniform', { scale: 0.01 }),
  ]
  const { samePrompt, crossPrompt, guaranteed } = compareQualities(prompts, threshold)
  expect(guaranteed).toBe(false)
  expect(samePrompt - crossPrompt).toBeGreaterThan(0.01)
})

test.each([
  ['a threshold', (d: number) => (d < 1 ? 0.5 : 1)],
  ['a flat start', (d: number) => 0.5 + (0.5 * d * d) / (1 + d * d)],
  ['a bend upwards far out', (d: number) => 0.6 + 0.001 * Math.max(0, d - 50)],
])('NOT_CONCAVE: %s', (_, quality) => {
  expect(() => checkConcaveQuality(quality)).toThrow(expect.objectContaining({ code: 'NOT_CONCAVE' }))
})

test.each(concave)('ξ %s is concave, however steep', (_, of) => {
  for (const beta of [0, 1e-3, 0.1, 1, 10, 1e4]) checkConcaveQuality(of(beta))
})

test('what says where it is not concave', () => {
  expect(() => checkConcaveQuality((d) => (d < 1 ? 0.5 : 1), { maxDelta: 10 })).toThrow(
    /^quality is 0\.5 at delta = 0\.99.*below the line from delta = 0 to delta = 1; expected a concave function$/,
  )
})

test('simulated prompts and annotators, within five standard errors', () => {
  const places = [
    { location: 0, scale: 0.5 },
    { location: 1, scale: 1 },
    { location: -2, scale: 0.2 },
  ]
  const prompts = places.map((options) => utilityDistribution('normal', options))
  const supplies = places.map((options, i) => drawUtilities('normal', options, i))
  const count = 300_000
  const beta = 1.5
  const draw = (pick: (i: number) => [number, number]) =>
    Float64Array.from({ length: count }, (_, i) => {
      const [x, y] = pick(i)
      return supplies[x]!() - supplies[y]!()
    })
  const same = draw((i) => [i % 3, i % 3])
  const cross = draw((i) => [i % 3, Math.floor(i / 3) % 3])
  const differences = compareDifferences(prompts)
  const qualities = compareQualities(prompts, (d) => sigmoid(beta * d))
  for (const [name, deltas] of Object.entries({ samePrompt: same, crossPrompt: cross })) {
    const key = name as 'samePrompt' | 'crossPrompt'
    const { mean, standardError } = meanOf(deltas.map(Math.abs))
    expect(Math.abs(mean - differences[key])).toBeLessThan(5 * standardError)
    const labels = simulateAnnotations(deltas, logisticAnnotator({ beta }), { seed: 5 })
    const right = labels.filter((label, i) => label * deltas[i]! > 0).length / count
    expect(Math.abs(right - qualities[key])).toBeLessThan(fiveErrors(qualities[key], count))
  }
})

test('one prompt, and weights that leave one', () => {
  const prompts = [utilityDistribution('normal'), utilityDistribution('normal', { location: 3 })]
  const one = compareQualities(prompts.slice(0, 1), sigmoid)
  expect(one.samePrompt).toBe(one.crossPrompt)
  expect(Math.abs(one.samePrompt - gaussianPairQuality())).toBeLessThan(1e-12)
  expect(compareQualities(prompts, sigmoid, { weights: [2, 0] }).crossPrompt).toBeCloseTo(one.crossPrompt, 12)
})

test.each([
  ['TOO_FEW', [], {}],
  ['SHAPE_MISMATCH', [utilityDistribution('normal')], { weights: [1, 2] }],
  ['OUT_OF_RANGE', [utilityDistribution('normal')], { weights: [0] }],
  ['OUT_OF_RANGE', [utilityDistribution('normal')], { weights: [-1] }],
  ['INVALID_OPTION', [utilityDistribution('normal')], { weight: [1] }],
])('%s', (code, prompts, options) => {
  expect(() => compareDifferences(prompts, options as never)).toThrow(expect.objectContaining({ code }))
  expect(() => compareQualities(prompts, sigmoid, options as never)).toThrow(
    expect.objectContaining({ code }),
  )
})
