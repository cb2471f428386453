import { normalCdf, sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choiceContext } from '../annotators/annotator'
import { composeAnnotator } from '../annotators/compose-annotator'
import { flipLabels } from '../annotators/flip-labels'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { probitAnnotator } from '../annotators/probit-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withRandomFlips } from '../annotators/with-random-flips'
import { withTies } from '../annotators/with-ties'
import { meanOf } from '../testing/draw-utilities'
import {
  bradleyTerryInformation,
  choiceInformation,
  effectiveSampleSize,
  flipEfficiency,
} from './comparison-information'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const flipped = (beta: number, rate: number) =>
  composeAnnotator(logisticAnnotator({ beta }), withRandomFlips({ rate }))

test('without flips it is β² p (1 − p), also where p is nearly one', () => {
  for (const delta of [0, 0.7, -3, 40]) {
    const expected = 4 * sigmoid(2 * delta) * sigmoid(-2 * delta)
    expect(Math.abs(bradleyTerryInformation(delta, { beta: 2 }) / expected - 1)).toBeLessThan(1e-14)
  }
})

/**
 * Numeric slopes are differences of two probabilities, each rounded by up to 2⁻⁵³, over twice a step of 0.05/64 at least;
 * extrapolation at most doubles that error, and squaring the slope doubles it once more.
 */
const roundingOfSlope = (2 * 2 * 2 * 2 ** -53) / (2 * (0.05 / 64))

test('what annotators’ probabilities say equals the closed form', () => {
  fc.assert(
    fc.property(number(-4, 4), number(0.1, 3), number(0, 0.45), (delta, beta, flipRate) => {
      const expected = bradleyTerryInformation(delta, { beta, flipRate })
      const found = choiceInformation(flipped(beta, flipRate), delta)
      const losing = sigmoid(-beta * Math.abs(delta))
      const slope = (1 - 2 * flipRate) * beta * losing * (1 - losing)
      expect(Math.abs(found / expected - 1)).toBeLessThan(1e-11 + roundingOfSlope / slope)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  [-0.7819207918489024, 1.6849264475704937, 0.4317861700616523],
  [-0.46644274500411953, 2.823849450966518, 0.015394620517523943],
])(
  'where two extrapolations agree by chance, at Δr = %d, it still is the closed form',
  (delta, beta, flipRate) => {
    const expected = bradleyTerryInformation(delta, { beta, flipRate })
    expect(Math.abs(choiceInformation(flipped(beta, flipRate), delta) / expected - 1)).toBeLessThan(1e-11)
  },
)

test('probit annotators: φ²/(Φ(1 − Φ))', () => {
  for (const delta of [0, 0.5, -2]) {
    const density = Math.exp((-delta * delta) / 2) / Math.sqrt(2 * Math.PI)
    const expected = density ** 2 / (normalCdf(delta) * normalCdf(-delta))
    expect(Math.abs(choiceInformation(probitAnnotator(), delta) / expected - 1)).toBeLessThan(1e-9)
  }
})

test('the efficiency of flipped labels is (1 − 2ε)² between equals and falls from there', () => {
  fc.assert(
    fc.property(number(0, 10), number(0, 10), number(0.001, 0.5), (delta, step, flipRate) => {
      const efficiency = flipEfficiency(delta, { flipRate })
      expect(efficiency).toBeLessThanOrEqual((1 - 2 * flipRate) ** 2 + 1e-15)
      expect(flipEfficiency(delta + step, { flipRate })).toBeLessThanOrEqual(efficiency + 1e-15)
      expect(flipEfficiency(-delta, { flipRate })).toBe(efficiency)
      expect(Math.abs(flipEfficiency(0, { flipRate }) - (1 - 2 * flipRate) ** 2)).toBeLessThan(1e-15)
    }),
  )
  expect(flipEfficiency(3)).toBe(1)
  expect(flipEfficiency(3, { flipRate: 0.5 })).toBe(0)
})

test('effective sample size of flipped labels', () => {
  const deltas = [0.2, -1, 3, 0]
  const information = (flipRate: number) =>
    deltas.reduce((sum, delta) => sum + bradleyTerryInformation(delta, { flipRate }), 0)
  const { size, efficiency } = effectiveSampleSize(deltas, flipped(1, 0.1))
  expect(Math.abs(efficiency - information(0.1) / information(0))).toBeLessThan(1e-9)
  expect(size).toBe(4 * efficiency)
  expect(efficiency).toBeLessThan(0.64)
  expect(effectiveSampleSize(deltas, logisticAnnotator()).size).toBeCloseTo(4, 12)
  expect(effectiveSampleSize([0, 0], flipped(1, 0.1)).efficiency).toBeCloseTo(0.64, 9)
})

test('ties tell something, unless everything is one', () => {
  const some = composeAnnotator(logisticAnnotator(), withTies({ threshold: 0.5 }))
  const context = choiceContext()
  const choice = some(2, context)
  expect(choice.tie).toBeGreaterThanOrEqual(0)
  expect(choiceInformation(some, 2)).toBeGreaterThanOrEqual(0)
  expect(choiceInformation(() => ({ first: 0, second: 0, tie: 1 }), 2)).toBe(0)
})

test('maximum likelihood estimates spread as the information says', () => {
  const [delta, flipRate, labels, runs] = [0.8, 0.15, 1000, 1500]
  const all = simulateAnnotations(new Float64Array(labels * runs).fill(delta), logisticAnnotator(), {
    seed: 2,
  })
  const noisy = flipLabels(all, { rate: flipRate, seed: 3 })
  const estimates = Array.from({ length: runs }, (_, run) => {
    const wins =
      noisy.subarray(run * labels, (run + 1) * labels).filter((label) => label === 1).length / labels
    const clean = (wins - flipRate) / (1 - 2 * flipRate)
    return Math.log(clean / (1 - clean))
  })
  const variance = (meanOf(estimates).standardError * Math.sqrt(runs)) ** 2
  const expected = 1 / (labels * bradleyTerryInformation(delta, { flipRate }))
  // A variance of 1,500 normal estimates has relative standard error √(2/1500) = 3.7 %; the asymptotic one is 1 % off.
  expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / runs))
})

test.each([
  ['OUT_OF_RANGE', () => bradleyTerryInformation(Number.NaN)],
  ['OUT_OF_RANGE', () => flipEfficiency(1, { flipRate: 0.6 })],
  ['OUT_OF_RANGE', () => flipEfficiency(1, { beta: -1 })],
  ['INVALID_OPTION', () => flipEfficiency(1, { rate: 0.1 } as never)],
  ['TOO_FEW', () => effectiveSampleSize([], logisticAnnotator())],
  [
    'TOO_FEW',
    () => effectiveSampleSize([1], logisticAnnotator(), { reference: logisticAnnotator({ beta: 0 }) }),
  ],
])('%s: %s', (code, call) => {
  expect(call).toThrow(expect.objectContaining({ code }))
})
