import { grad, jit, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import {
  bcoLoss,
  dpoLoss,
  ktoLoss,
  LossError,
  logSumSquaredProbs,
  nashMdLoss,
  orpoLoss,
  plackettLuceLoss,
  rpoLoss,
  simPoLoss,
  xpoLoss,
} from '../index'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const indeterminate = expect.objectContaining({ name: 'LossError', code: 'INDETERMINATE' })
const pair = { chosenLogprobs: [-1], rejectedLogprobs: [-2] }

describe('rpoLoss of an infinite log-ratio', () => {
  const of = (chosen: number, rejected: number, distance: 'forward-kl' | 'backward-kl') =>
    rpoLoss(
      {
        chosenLogRatios: new Float64Array([chosen]),
        rejectedLogRatios: new Float64Array([rejected]),
        rewardMargins: new Float64Array([0.7]),
      },
      { distance },
    ).losses.item()
  const [chosenWins, rejectedWins] = [Math.log1p(Math.exp(-0.7)), Math.log1p(Math.exp(0.7))]

  it.each([
    [inf, 0, chosenWins],
    [-inf, 0, rejectedWins],
    [0, inf, rejectedWins],
    [0, -inf, chosenWins],
  ])('backward-kl of %d and %d is that of a policy that is certain', (chosen, rejected, expected) => {
    expect(of(chosen, rejected, 'backward-kl')).toBeCloseTo(expected, 12)
    expect(of(chosen, rejected, 'forward-kl')).toBe(inf)
  })

  it('has a gradient of 0 there', () => {
    const slope = grad((c: Tensor) =>
      reduceSum(
        rpoLoss(
          { chosenLogRatios: c, rejectedLogRatios: [0], rewardMargins: [0.7] },
          { distance: 'backward-kl' },
        ).losses,
      ),
    )<Tensor>(tensor([inf]))
    expect(slope.item()).toBeCloseTo(0, 12)
  })
})

describe('logSumSquaredProbs', () => {
  it('of one logit of +∞ is that of a certain token', () => {
    expect(logSumSquaredProbs([[1, inf, -2]]).toArray()).toEqual([0])
    const slope = grad((z: Tensor) => reduceSum(logSumSquaredProbs(z)))<Tensor>(tensor([1, inf, -2]))
    expect(slope.toArray()).toEqual([0, 0, 0])
  })

  it('does not lose small numbers to large logits, in single precision', () => {
    expect(logSumSquaredProbs([3e38, 0]).item()).toBe(0)
    expect(logSumSquaredProbs([1e6, 1e6]).item()).toBeCloseTo(-Math.LN2, 6)
  })

  it('has no value where two are +∞ or all are −∞', () => {
    for (const z of [
      [inf, inf, 0],
      [-inf, -inf],
    ]) {
      expect(() => logSumSquaredProbs(z)).toThrow(indeterminate)
    }
    expect(() => logSumSquaredProbs(1)).toThrow('logSumSquaredProbs: logits must be […, V], got []')
    expect(() => logSumSquaredProbs([[], []])).toThrow(expect.objectContaining({ code: 'EMPTY' }))
    expect(logSumSquaredProbs([nan, 0]).item()).toBeNaN()
  })
})

describe('metrics', () => {
  it('that have no value throw when they are read, and leave the losses alone', () => {
    const { losses, metrics } = dpoLoss({ chosenLogprobs: [-inf, -1], rejectedLogprobs: [-1, -inf] })
    expect(losses.toArray()).toEqual([inf, 0])
    expect(metrics['rewards/chosen'].item()).toBe(-inf)
    const message =
      'dpoLoss: the metric rewards/margins is ∞ − ∞ or 0·∞: expected finite numbers where they meet, ' +
      'got infinite chosenLogprobs and rejectedLogprobs'
    expect(() => metrics['rewards/margins']).toThrow(message)
    expect(() => metrics['rewards/margins']).toThrow(indeterminate)
    expect(Object.keys(metrics)).toContain('rewards/margins')
  })

  it.each([
    ['dpoLoss', () => dpoLoss({ chosenLogprobs: [0], rejectedLogprobs: [-1] }, { beta: 1e300 })],
    [
      'orpoLoss',
      () =>
        orpoLoss({ ...pair, chosenLogprobs: [0], chosenLengths: [1], rejectedLengths: [1] }, { beta: 1e300 }),
    ],
  ])('%s: a β beyond single precision is named', (name, act) => {
    const read = () => Object.values(act().metrics)
    expect(read).toThrow(`${name}: `)
    expect(read).toThrow('expected inputs and options whose products and sums are finite in f32')
  })

  it('of tokens: infinities of one completion are named, though its sum is NaN', () => {
    const inputs = { chosenLogprobs: [[inf, -inf]], rejectedLogprobs: [[-1, -1]] }
    expect(() => dpoLoss(inputs)).toThrow('got infinite chosenLogprobs')
  })
})

describe('NaN', () => {
  it.each([
    ['weights of dpoLoss', () => dpoLoss({ ...pair, weights: [nan] })],
    [
      'log-probabilities of the reference in xpoLoss',
      () => xpoLoss({ ...pair, refChosenLogprobs: [nan], refRejectedLogprobs: [-1], policyChosen: [1] }),
    ],
    ['weights of bcoLoss', () => bcoLoss({ logprobs: [-1], desirable: [1], weights: [nan] })],
    ['the shift of bcoLoss', () => bcoLoss({ logprobs: [-1], desirable: [1], shift: nan })],
  ])('%s gives NaN', (_name, act) => {
    expect(act().losses.item()).toBeNaN()
  })

  it('as the weight of a loss is refused', () => {
    expect(() => dpoLoss(pair, { lossType: { sigmoid: nan } })).toThrow(
      'dpoLoss: lossType: the weight of sigmoid: expected a number in [0, Infinity), got NaN',
    )
  })
})

describe('flags, lengths and probabilities are looked at', () => {
  const kto = { lossType: 'apo_zero_unpaired' } as const
  it.each([
    [
      'a mask',
      () => dpoLoss({ chosenLogprobs: [[-1]], rejectedLogprobs: [[-1]], chosenMask: [[0.5]] }),
      'the mask of chosenLogprobs: expected 0 or 1, got 0.5',
    ],
    [
      'a mask of NaN',
      () => plackettLuceLoss([[1, 2]], { mask: [[1, nan]] }),
      'mask: expected 0 or 1, got NaN',
    ],
    [
      'desirable',
      () => ktoLoss({ logprobs: [-1, -2], desirable: [0.5, 2] }, kto),
      'ktoLoss: desirable: expected 0 or 1, got 0.5',
    ],
    [
      'desirable',
      () => bcoLoss({ logprobs: [-1], desirable: [-1] }),
      'bcoLoss: desirable: expected 0 or 1, got -1',
    ],
    [
      'policyChosen',
      () => xpoLoss({ ...pair, policyChosen: [2] }),
      'xpoLoss: policyChosen: expected 0 or 1, got 2',
    ],
    [
      'a length of 0',
      () => simPoLoss({ ...pair, chosenLengths: [0], rejectedLengths: [1] }),
      'the lengths of chosenLogprobs: expected a whole number in [1, Infinity), got 0',
    ],
    [
      'a negative length',
      () => simPoLoss({ ...pair, chosenLengths: [1], rejectedLengths: [-1] }),
      'the lengths of rejectedLogprobs: expected a whole number in [1, Infinity), got -1',
    ],
    ['half a token', () => simPoLoss({ ...pair, chosenLengths: [1.5], rejectedLengths: [1] }), 'got 1.5'],
    [
      'a preference',
      () => nashMdLoss({ logprobs: [[-1]], refLogprobs: [[-1]], preference: [2] }),
      'nashMdLoss: preference: expected a number in [0, 1], got 2',
    ],
    [
      'odds of p > 1',
      () => orpoLoss({ ...pair, chosenLogprobs: [1], chosenLengths: [1], rejectedLengths: [1] }),
      'orpoLoss: chosenLogprobs: expected log-probabilities with a mean of at most 0, got the mean 1',
    ],
    [
      'lossType',
      () => dpoLoss(pair, { lossType: null as never }),
      'dpoLoss: lossType: expected one of sigmoid, ',
    ],
    [
      'a list of losses',
      () => dpoLoss(pair, { lossType: ['sigmoid'] as never }),
      'dpoLoss: lossType: expected one of sigmoid, ',
    ],
    [
      'a τ without effect',
      () => dpoLoss(pair, { discopopTau: 0.1 }),
      'dpoLoss: discopopTau: has no effect here',
    ],
    ['an α without effect', () => dpoLoss(pair, { alpha: 0.1 }), 'dpoLoss: alpha: has no effect here'],
    [
      'top',
      () => plackettLuceLoss([[1, 2]], { top: '2' as never }),
      'plackettLuceLoss: top: expected a whole number in [1, Infinity), got the string "2"',
    ],
    [
      'no inputs',
      () => (dpoLoss as () => unknown)(),
      'dpoLoss: expected an object of the inputs chosenLogprobs',
    ],
    [
      'an input missing',
      () => ktoLoss({ logprobs: [-1] } as never, kto),
      'ktoLoss: desirable: expected a tensor or numbers, got undefined',
    ],
  ])('%s', (_name, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  it('booleans and their bytes are flags; those of a traced mask cannot be looked at', async () => {
    const losses = (desirable: never) => ktoLoss({ logprobs: [-1, -2], desirable }, kto).losses.toArray()
    const expected = losses([true, false] as never)
    expect(losses([1, 0] as never)).toEqual(expected)
    expect(losses(Uint8Array.of(1, 0) as never)).toEqual(expected)
    const traced = jit((desirable: Tensor) => ktoLoss({ logprobs: [-1, -2], desirable }, kto).losses)
    expect((await traced(tensor([1, 0]))).toArray()).toEqual(expected)
    await traced.release()
  })
})
