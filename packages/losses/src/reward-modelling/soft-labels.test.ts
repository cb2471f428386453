import { type DType, grad, neg, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bradleyTerryLoss,
  classificationLoss,
  davidsonLoss,
  hingeLoss,
  pairwiseDistillationLoss,
  pairwiseJudgeLoss,
  raoKupperLoss,
  thurstoneLoss,
} from '../index'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const at = (x: number, dtype: DType = 'f32') => tensor([x], { dtype })
const zero = (x: Tensor) => tensor([0], { dtype: x.dtype })

/** Each as a function of one number x and the probability p that its label is 1. */
const losses: Record<string, (x: Tensor, p: number) => Tensor> = {
  bradleyTerryLoss: (x, p) => bradleyTerryLoss(x, zero(x), { preference: [p] }).losses,
  thurstoneLoss: (x, p) => thurstoneLoss(x, zero(x), { preference: [p] }).losses,
  classificationLoss: (x, p) => classificationLoss(x, neg(x), { preference: [p] }).losses,
  pairwiseJudgeLoss: (x, p) => pairwiseJudgeLoss(x, neg(x), { preference: [p] }).losses,
  pairwiseDistillationLoss: (x, p) =>
    pairwiseDistillationLoss({ scores: x, anchorScores: zero(x), winProbabilities: [p] }).losses,
}
const slopeOf = (loss: (x: Tensor, p: number) => Tensor, x: number, p: number) =>
  grad((x: Tensor) => reduceSum(loss(x, p)))<Tensor>(at(x)).item()

describe.each(Object.entries(losses))('%s: labels at both ends', (name, loss) => {
  const normal = name === 'thurstoneLoss'

  it('an infinity on the right side costs nothing, on the other one everything', () => {
    for (const dtype of ['f32', 'f64'] as const) {
      expect(loss(at(inf, dtype), 1).item()).toBe(0)
      expect(loss(at(-inf, dtype), 0).item()).toBe(0)
      expect(loss(at(-inf, dtype), 1).item()).toBe(inf)
      expect(loss(at(inf, dtype), 0).item()).toBe(inf)
      expect(loss(at(inf, dtype), 0.9).item()).toBe(inf)
      expect(loss(at(-inf, dtype), 0.9).item()).toBe(inf)
    }
  })

  it('the gradient is 0 where an infinity is right, and the limit where it is wrong', () => {
    expect(slopeOf(loss, inf, 1)).toBeCloseTo(0, 12)
    expect(slopeOf(loss, -inf, 0)).toBeCloseTo(0, 12)
    if (normal) return
    expect(slopeOf(loss, -inf, 1)).toBe(-1)
    expect(slopeOf(loss, inf, 0)).toBe(1)
  })

  it('what is seen from the other side is the same to the last bit, in single precision', () => {
    const logit = fc.double({ min: -80, max: 80, noNaN: true })
    fc.assert(
      fc.property(logit, fc.constantFrom(0, 0.25, 0.5, 1), (x, p) => {
        expect(loss(at(-x), 1 - p).item()).toBe(loss(at(x), p).item())
        // 0 − 0 is 0, whichever zero it is.
        expect(0 - slopeOf(loss, -x, 1 - p)).toBe(0 + slopeOf(loss, x, p))
      }),
    )
  })

  it('is right where log σ(15) is far below the precision of 15', () => {
    if (normal) return
    const right = Math.log1p(Math.exp(-15))
    for (const got of [loss(at(15), 1), loss(at(-15), 0)])
      expect(Math.abs(got.item() / right - 1)).toBeLessThan(1e-6)
    expect(Math.abs(slopeOf(loss, -15, 0) * Math.exp(15) - 1)).toBeLessThan(1e-5)
  })

  it('NaN gives NaN, whatever the label', () => {
    for (const p of [0, 0.5, 1]) expect(loss(at(nan), p).item()).toBeNaN()
  })
})

it.each([-inf, inf])('bradleyTerryLoss with label smoothing at %d is infinite', (x) => {
  expect(bradleyTerryLoss([x], [0], { labelSmoothing: 0.1 }).losses.item()).toBe(inf)
})

describe.each([
  ['davidsonLoss', davidsonLoss],
  ['raoKupperLoss', raoKupperLoss],
] as const)('%s: ties at both ends', (_name, loss) => {
  it('has the limits of an infinite difference', () => {
    const of = (x: number, t: number) => loss([x], [0], { ties: [t] }).losses.item()
    expect([of(inf, 0), of(-inf, 0), of(inf, 1), of(-inf, 1)]).toEqual([0, inf, inf, inf])
  })

  it('has gradients there', () => {
    const slope = (x: number, t: number) =>
      grad((c: Tensor) => reduceSum(loss(c, [0], { ties: [t] }).losses))<Tensor>(at(x)).item()
    expect(slope(inf, 0)).toBeCloseTo(0, 12)
    expect(slope(-inf, 0)).toBe(-1)
    for (const x of [inf, -inf]) expect(slope(x, 1)).not.toBeNaN()
  })
})

describe('NaN among the options', () => {
  it.each([
    ['bradleyTerryLoss', () => bradleyTerryLoss([1, 2], [0, 0], { margin: [nan, 0] })],
    ['thurstoneLoss', () => thurstoneLoss([1, 2], [0, 0], { margin: [nan, 0] })],
    ['hingeLoss', () => hingeLoss([1, 2], [0, 0], { margin: [nan, 0] })],
  ])('%s: a margin of NaN makes that loss NaN, and no other', (_name, act) => {
    const [first, second] = act().losses.data
    expect(first).toBeNaN()
    expect(second).not.toBeNaN()
  })

  it.each([
    ['preference', () => bradleyTerryLoss([1], [0], { preference: [nan] }), '[0, 1]'],
    ['preference', () => bradleyTerryLoss([1], [0], { preference: [2] }), '[0, 1]'],
    ['ties', () => davidsonLoss([1], [0], { ties: [nan] }), '[0, 1]'],
    ['ties', () => raoKupperLoss([1], [0], { ties: [2] }), '[0, 1]'],
    ['prevalence', () => davidsonLoss([1, 1], [0, 0], { prevalence: [-1, 2] }), '(0, Infinity)'],
    ['threshold', () => raoKupperLoss([1, 1], [0, 0], { threshold: [-1, 2] }), '(0, Infinity)'],
    [
      'winProbabilities',
      () => pairwiseDistillationLoss({ scores: [1], anchorScores: [0], winProbabilities: [nan] }),
      '[0, 1]',
    ],
  ])('%s with a range is refused', (name, act, range) => {
    expect(act).toThrow(`${name}: expected a number in ${range}, got `)
    expect(act).toThrow(expect.objectContaining({ name: 'LossError', code: 'INVALID_OPTION' }))
  })
})
