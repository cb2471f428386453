import { sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flipLabels } from '../annotators/flip-labels'
import { meanOf } from '../testing/draw-utilities'
import { derivative } from './derivative'
import {
  backwardCorrectedLoss,
  forwardCorrectedLoss,
  type NoiseCorrectionOptions,
} from './noise-corrected-loss'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const margin = number(-30, 30)
const rate = number(0, 0.45)
const both = { forwardCorrectedLoss, backwardCorrectedLoss }
const plain = (m: number) => Math.max(-m, 0) + Math.log1p(Math.exp(-Math.abs(m)))
type Loss = typeof forwardCorrectedLoss
const one = (loss: Loss, m: number, options: NoiseCorrectionOptions) => loss([m], options).losses[0]!

test('without flips both are the Bradley–Terry loss, gradients too, at any margin', () => {
  for (const loss of Object.values(both)) {
    for (const m of [-1e4, -800, -20, -0.3, 0, 2, 50, 1e4]) {
      const { losses, gradients } = loss([m], { flipRate: 0 })
      expect(Math.abs(losses[0]! - plain(m))).toBeLessThanOrEqual(1e-15 * Math.max(1, plain(m)))
      expect(Math.abs(gradients[0]! + sigmoid(-m))).toBeLessThan(1e-15)
    }
  }
})

test('by hand', () => {
  const [m, e, p] = [0.7, 0.1, sigmoid(0.7)]
  expect(one(forwardCorrectedLoss, m, { flipRate: e })).toBeCloseTo(-Math.log(0.9 * p + 0.1 * (1 - p)), 14)
  const backward = (-0.9 * Math.log(p) + 0.1 * Math.log(1 - p)) / 0.8
  expect(one(backwardCorrectedLoss, m, { flipRate: e })).toBeCloseTo(backward, 14)
})

test.each(Object.entries(both))('%s: gradients are finite differences', (_, loss) => {
  fc.assert(
    fc.property(number(-8, 8), rate, rate, fc.constantFrom(1, -1), (m, first, second, label) => {
      const options = { flipRate: first, secondFlipRate: second, labels: [label] }
      const expected = derivative((x) => one(loss, x, options), m, 0.1)
      expect(Math.abs(loss([m], options).gradients[0]! - expected)).toBeLessThan(1e-9)
    }),
  )
})

test('backward: the mean over flips is the loss without them, for either response and rates that differ', () => {
  fc.assert(
    fc.property(margin, rate, rate, fc.constantFrom(1, -1), (m, first, second, truth) => {
      const options = { flipRate: first, secondFlipRate: second }
      const flip = truth === 1 ? first : second
      const kept = one(backwardCorrectedLoss, m, { ...options, labels: [truth] })
      const turned = one(backwardCorrectedLoss, m, { ...options, labels: [-truth] })
      const mean = (1 - flip) * kept + flip * turned
      expect(Math.abs(mean - plain(truth * m))).toBeLessThan(1e-11)
    }),
  )
})

test('forward: exp(−loss) of the two labels are the probabilities of observing them', () => {
  fc.assert(
    fc.property(margin, rate, rate, (m, first, second) => {
      const options = { flipRate: first, secondFlipRate: second }
      const [says1, says2] = [1, -1].map((label) =>
        Math.exp(-one(forwardCorrectedLoss, m, { ...options, labels: [label] })),
      )
      expect(Math.abs(says1! + says2! - 1)).toBeLessThan(1e-13)
      const observed = (1 - first) * sigmoid(m) + second * sigmoid(-m)
      expect(Math.abs(says1! - observed)).toBeLessThan(1e-14)
    }),
  )
})

/** The margin at which the mean gradient over noisy labels is zero. */
function minimiser(gradientOf: (m: number, label: 1 | -1) => number, observed: number): number {
  let [low, high] = [-40, 40]
  for (let step = 0; step < 200; step++) {
    const m = (low + high) / 2
    const mean = observed * gradientOf(m, 1) + (1 - observed) * gradientOf(m, -1)
    ;[low, high] = mean < 0 ? [m, high] : [low, m]
  }
  return low
}

test('minimisers under noisy labels: both corrections give the clean probability, label smoothing noise twice', () => {
  const [clean, e] = [0.8, 0.15]
  const noise = (p: number) => (1 - e) * p + e * (1 - p)
  for (const loss of Object.values(both)) {
    const m = minimiser((x, label) => loss([x], { flipRate: e, labels: [label] }).gradients[0]!, noise(clean))
    expect(Math.abs(sigmoid(m) - clean)).toBeLessThan(1e-12)
  }
  const smoothed = minimiser(
    (m, label) => -label * (1 - e) * sigmoid(-label * m) + label * e * sigmoid(label * m),
    noise(clean),
  )
  expect(Math.abs(sigmoid(smoothed) - noise(noise(clean)))).toBeLessThan(1e-12)
})

test('simulated flips: the mean backward loss is the clean one within five standard errors', () => {
  const count = 100_000
  const margins = Float64Array.from({ length: count }, (_, i) => 3 * Math.sin(i))
  const labels = flipLabels(new Int8Array(count).fill(1), { rate: 0.2, seed: 1 })
  const { losses } = backwardCorrectedLoss(margins, { flipRate: 0.2, labels })
  const { mean, standardError } = meanOf(losses.map((loss, i) => loss - plain(margins[i]!)))
  expect(Math.abs(mean)).toBeLessThan(5 * standardError)
})

test('forward is bounded by −log ε, backward has no bound below', () => {
  expect(one(forwardCorrectedLoss, -1e6, { flipRate: 0.1 })).toBeCloseTo(-Math.log(0.1), 12)
  expect(one(backwardCorrectedLoss, 1e6, { flipRate: 0.1 })).toBeLessThan(-1e5)
})

test('one rate for each comparison, and none at all', () => {
  const rates = [0, 0.1, 0.3]
  const { losses } = forwardCorrectedLoss([1, 1, 1], { flipRate: rates })
  expect(Array.from(losses)).toEqual(rates.map((flipRate) => one(forwardCorrectedLoss, 1, { flipRate })))
  expect(backwardCorrectedLoss([], { flipRate: 0.1 }).losses).toHaveLength(0)
})

test.each([
  ['OUT_OF_RANGE', [1], { flipRate: 0.5 }],
  ['OUT_OF_RANGE', [1], { flipRate: -0.1 }],
  ['OUT_OF_RANGE', [1], { flipRate: 0.7, secondFlipRate: 0.3 }],
  ['OUT_OF_RANGE', [1], { flipRate: 0.1, labels: [0] }],
  ['SHAPE_MISMATCH', [1], { flipRate: [0.1, 0.2] }],
  ['SHAPE_MISMATCH', [1], { flipRate: 0.1, labels: [1, 1] }],
  ['NOT_FINITE', [Number.NaN], { flipRate: 0.1 }],
  ['INVALID_OPTION', [1], { flipRate: 0.1, labelSmoothing: 0.1 }],
  ['OUT_OF_RANGE', [1], {}],
])('%s', (code, margins, options) => {
  for (const loss of Object.values(both)) {
    expect(() => loss(margins, options as never)).toThrow(expect.objectContaining({ code }))
  }
})
