import { grad, jit, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conventions, type DpoLossType, dpoLoss, LossError, type ReferencedLogprobs } from '../index'
import { dpoLossTypes } from './dpo-loss-types'

const f64 = (...values: number[]) => new Float64Array(values)
const inf = Number.POSITIVE_INFINITY
const types = Object.keys(dpoLossTypes) as DpoLossType[]
const smoothing = (lossType: DpoLossType) => (lossType === 'exo_pair' ? 1e-3 : 0)
const logprob = fc.double({ min: -20, max: 0, noNaN: true })
/** Losses of pairs by their log-ratios: reference-free, lengths 4 and 5. */
const ofRatios = (c: number[], r: number[], lossType: DpoLossType, beta = 0.1) => {
  const chosenLengths = c.map(() => 4)
  const rejectedLengths = r.map(() => 5)
  const inputs = { chosenLogprobs: f64(...c), rejectedLogprobs: f64(...r), chosenLengths, rejectedLengths }
  return dpoLoss(inputs, { lossType, beta, labelSmoothing: smoothing(lossType) })
}

describe('dpoLoss', () => {
  it.each([
    ['sigmoid', 0.554355],
    ['hinge', 0.7],
    ['ipo', 18.49],
    ['exo_pair', 2.258199],
    ['nca_pair', 1.319407],
    ['bco_pair', 1.242536],
    ['sppo_hard', 25],
    ['apo_zero', 0.925187],
    ['apo_down', 0.975391],
    ['discopop', 0.740357],
    ['sigmoid_norm', 0.65876],
  ] as const)('%s of log-ratios 2 and −1 is the published %d', (lossType, expected) => {
    expect(ofRatios([2], [-1], lossType).losses.item()).toBeCloseTo(expected, 6)
  })

  // The others are not monotone: they have a target, pull at each completion, or dip where DiscoPOP's paper shows it.
  const others = ['ipo', 'sppo_hard', 'nca_pair', 'apo_down', 'exo_pair', 'discopop']
  const monotone = types.filter((type) => !others.includes(type))
  it.each(monotone)('%s falls as the rejected completion becomes less likely, or stays', (lossType) => {
    fc.assert(
      fc.property(logprob, logprob, fc.double({ min: 0.01, max: 5, noNaN: true }), (c, r, step) => {
        const [before, after] = [ofRatios([c], [r], lossType), ofRatios([c], [r - step], lossType)]
        expect(after.losses.item()).toBeLessThanOrEqual(before.losses.item() + 1e-12)
      }),
    )
  })

  it.each(['sigmoid', 'hinge', 'exo_pair', 'robust', 'discopop', 'aot'] as const)(
    '%s sees log-ratios through their difference only',
    (lossType) => {
      fc.assert(
        fc.property(logprob, logprob, logprob, (c, r, shift) => {
          const [here, there] = [ofRatios([c], [r], lossType), ofRatios([c + shift], [r + shift], lossType)]
          expect(there.losses.item()).toBeCloseTo(here.losses.item(), 10)
        }),
      )
    },
  )

  it.each(types)('%s: what is padded changes nothing, whatever is there', (lossType) => {
    const [a, b] = [
      [-1, -2, -0.5],
      [-0.3, -1.5, -2],
    ]
    const options = { lossType, labelSmoothing: smoothing(lossType) }
    const plain = dpoLoss(
      { chosenLogprobs: tensor([a], { dtype: 'f64' }), rejectedLogprobs: tensor([b], { dtype: 'f64' }) },
      options,
    )
    const padded: ReferencedLogprobs = {
      chosenLogprobs: tensor([[Number.NaN, ...a, inf]], { dtype: 'f64' }),
      rejectedLogprobs: tensor([[...b, -inf]], { dtype: 'f64' }),
      chosenMask: [[0, 1, 1, 1, 0]],
      rejectedMask: [[1, 1, 1, 0]],
    }
    expect(dpoLoss(padded, options).losses.item()).toBeCloseTo(plain.losses.item(), 12)
    const gradient = grad((chosenLogprobs: Tensor) =>
      reduceSum(dpoLoss({ ...padded, chosenLogprobs }, options).losses),
    )<Tensor>(padded.chosenLogprobs as Tensor)
    expect([gradient.data[0], gradient.data[4]]).toEqual([0, 0])
    expect(gradient.data.every(Number.isFinite)).toBe(true)
  })

  it.each(types)('%s: infinite log-ratios, tiny and huge β have defined losses', (lossType) => {
    const values = [0, 1, -1, 700, -700]
    for (const beta of [1e-300, 1e-3, 1e3]) {
      for (const c of [...values, -inf]) {
        for (const r of values) {
          const { losses } = ofRatios([c], [r], lossType, beta)
          expect([c, r, beta, Number.isNaN(losses.item())]).toEqual([c, r, beta, false])
        }
      }
    }
    for (const c of values) expect(ofRatios([c], [-inf], lossType).losses.item()).not.toBeNaN()
  })

  it.each(types)('%s: gradients are numbers or infinite, never NaN', (lossType) => {
    const options = { lossType, labelSmoothing: smoothing(lossType), beta: 0.5 }
    for (const [c, r] of [
      [-inf, -1],
      [-1, -inf],
      [700, -700],
      [-700, 700],
    ] as const) {
      const lengths = { chosenLengths: [4], rejectedLengths: [5] }
      const total = (name: 'chosenLogprobs' | 'rejectedLogprobs') => (x: Tensor) => {
        const inputs = { chosenLogprobs: f64(c), rejectedLogprobs: f64(r), ...lengths, [name]: x }
        return reduceSum(dpoLoss(inputs, options).losses)
      }
      const slopes = [
        grad(total('chosenLogprobs'))<Tensor>(tensor(f64(c))).item(),
        grad(total('rejectedLogprobs'))<Tensor>(tensor(f64(r))).item(),
      ]
      expect([c, r, ...slopes.map(Number.isNaN)]).toEqual([c, r, false, false])
    }
  })

  it('where infinite log-probabilities meet, an error names them', () => {
    const inputs = { chosenLogprobs: f64(-1, -inf), rejectedLogprobs: f64(-2, -1) }
    expect(() =>
      dpoLoss({ ...inputs, refChosenLogprobs: f64(-1, -inf), refRejectedLogprobs: f64(0, 0) }),
    ).toThrow(/dpoLoss: loss 1 is ∞ − ∞ .* chosenLogprobs and refChosenLogprobs/)
    expect(dpoLoss(inputs).losses.toArray()).toEqual([expect.any(Number), inf])
  })

  it('rows without tokens have log-probability 0', () => {
    const mask = [
      [1, 0],
      [0, 0],
    ]
    const logprobs = [
      [-1, -2],
      [-3, -4],
    ]
    for (const lossType of types) {
      const { losses } = dpoLoss(
        { chosenLogprobs: logprobs, rejectedLogprobs: logprobs, chosenMask: mask, rejectedMask: mask },
        { lossType, labelSmoothing: smoothing(lossType) },
      )
      expect(losses.data.every(Number.isFinite)).toBe(true)
    }
  })

  it('a weighted sum is the sum of its parts', () => {
    const inputs = { chosenLogprobs: [[-1, -2]], rejectedLogprobs: [[-3, -1]] }
    const part = (lossType: DpoLossType) => dpoLoss(inputs, { lossType }).losses.item()
    const both = dpoLoss(inputs, { lossType: { sigmoid: 1, sft: 0.5 } }).losses.item()
    expect(both).toBeCloseTo(part('sigmoid') + 0.5 * part('sft'), 6)
  })

  it('runs inside jit, with a batch of any size', async () => {
    const step = jit(
      (chosenLogprobs: Tensor, rejectedLogprobs: Tensor) =>
        dpoLoss({ chosenLogprobs, rejectedLogprobs }).losses,
      {
        backend: 'reference',
        symbolicDims: [['B'], ['B']],
      },
    )
    for (const size of [1, 3]) {
      const zeros = tensor(new Float32Array(size * 2), { shape: [size, 2] })
      expect((await step(zeros, zeros)).toArray()).toEqual(new Array(size).fill(expect.closeTo(Math.LN2, 6)))
    }
  })
})

describe('conventions of dpoLoss', () => {
  // Log-ratios of −0.5 and 1.8, and of −0.3 and −2.5.
  const given = {
    chosenLogprobs: f64(-1.5, -0.2),
    rejectedLogprobs: f64(-2.5, -3),
    refChosenLogprobs: f64(-1, -2),
    refRejectedLogprobs: f64(-2.2, -0.5),
    chosenLengths: [2, 3],
    rejectedLengths: [5, 4],
  }
  const perToken = [-0.5 / 2 + 0.3 / 5, 1.8 / 3 + 2.5 / 4] as const
  const epsilon = (lossType: DpoLossType) => (['exo_pair', 'robust'].includes(lossType) ? 0.1 : 0)
  const lossesOf = (
    lossType: DpoLossType,
    convention: 'trl' | 'openrlhf',
    labelSmoothing = epsilon(lossType),
  ) => Array.from(dpoLoss(given, { lossType, convention, labelSmoothing, beta: 0.7 }).losses.data)
  const expectLosses = (got: number[], of: (i: number) => number) => {
    got.forEach((loss, i) => {
      expect(loss).toBeCloseTo(of(i), 12)
    })
  }

  it.each(conventions.dpoLoss)('%s: no loss is another one', (convention) => {
    const all = types.map((type) => String(lossesOf(type, convention)))
    expect(new Set(all).size).toBe(types.length)
  })

  it.each(types.filter((type) => type !== 'ipo'))('%s is the same under each', (lossType) => {
    expect(lossesOf(lossType, 'openrlhf')).toEqual(lossesOf(lossType, 'trl'))
  })

  it.each(conventions.dpoLoss)('%s: sigmoid_norm is of scores per token', (convention) => {
    const logistic = (i: number) => Math.log1p(Math.exp(-0.7 * perToken[i]!))
    expectLosses(lossesOf('sigmoid_norm', convention), logistic)
  })

  it('what differs: ipo is of scores per token or of sums, and sigmoid is smoothed by OpenRLHF alone', () => {
    const square = (x: number) => (x - 0.5 / 0.7) ** 2
    expectLosses(lossesOf('ipo', 'trl'), (i) => square(perToken[i]!))
    expectLosses(lossesOf('ipo', 'openrlhf'), (i) => square([-0.2, 4.3][i]!))
    expect(lossesOf('sigmoid', 'openrlhf', 0.1)).not.toEqual(lossesOf('sigmoid', 'openrlhf'))
    expect(() => lossesOf('sigmoid', 'trl', 0.1)).toThrow(/labelSmoothing/)
  })
})

describe('weights and precision of dpoLoss', () => {
  const pairs = { chosenLogprobs: f64(-1, -2), rejectedLogprobs: f64(-2, -1) }

  it('weights are a number or one for each pair', () => {
    const { losses } = dpoLoss(pairs)
    const weighted = dpoLoss({ ...pairs, weights: [2, 0.1] }).losses
    expect(Array.from(weighted.data)).toEqual([2 * losses.data[0]!, 0.1 * losses.data[1]!])
    expect(dpoLoss({ ...pairs, weights: 3 }).losses.data[1]).toBe(3 * losses.data[1]!)
    for (const weights of [[[1], [2]], [1, 2, 3], [1]]) {
      expect(() => dpoLoss({ ...pairs, weights })).toThrow(/dpoLoss: weights must be a number or \[2\]/)
    }
  })

  it('metrics are as precise as the losses', () => {
    const { metrics } = dpoLoss({ chosenLogprobs: f64(-1, -1, -3), rejectedLogprobs: f64(-2, -2, -2) })
    expect(metrics['rewards/accuracies'].item()).toBe(2 / 3)
  })
})

describe('what dpoLoss refuses', () => {
  const pair = { chosenLogprobs: [-1], rejectedLogprobs: [-2] }
  it.each([
    [
      'β of 0',
      () => dpoLoss(pair, { beta: 0 }),
      /dpoLoss: beta: expected a number in \(0, Infinity\), got 0/,
    ],
    [
      'an unknown loss',
      () => dpoLoss(pair, { lossType: 'kto' as never }),
      /dpoLoss: lossType: .* got the string "kto"/,
    ],
    ['no loss', () => dpoLoss(pair, { lossType: {} }), /lossType: expected at least one loss/],
    [
      'a weight that is no number',
      () => dpoLoss(pair, { lossType: { sigmoid: Number.NaN } }),
      /dpoLoss: lossType: the weight of sigmoid: .* got NaN/,
    ],
    [
      'a negative weight',
      () => dpoLoss(pair, { lossType: { sigmoid: -1 } }),
      /the weight of sigmoid: .* got -1/,
    ],
    [
      'smoothing of no effect',
      () => dpoLoss(pair, { labelSmoothing: 0.1 }),
      /labelSmoothing: has no effect here, expected lossType exo_pair or robust or aot or aot_unpaired with it/,
    ],
    [
      'a divergence of no effect',
      () => dpoLoss(pair, { lossType: 'apo_zero', divergence: 'js' }),
      /divergence: has no effect here/,
    ],
    [
      'a divergence that sft has not',
      () => dpoLoss(pair, { lossType: 'sft', divergence: 'js' }),
      /divergence: has/,
    ],
    [
      'α without its divergence',
      () => dpoLoss(pair, { divergence: 'js', alpha: 0.7 }),
      /alpha: has no effect here, expected divergence: 'alpha' with it, got 0.7/,
    ],
    [
      'α that is no number',
      () => dpoLoss(pair, { divergence: 'alpha', alpha: Number.NaN }),
      /dpoLoss: alpha: .* got NaN/,
    ],
    [
      'τ without discopop',
      () => dpoLoss(pair, { discopopTau: 0.1 }),
      /discopopTau: has no effect here, expected lossType discopop/,
    ],
    ['exo_pair without ε', () => dpoLoss(pair, { lossType: 'exo_pair' }), /\(0, 0.5\) with exo_pair/],
    ['a share beyond 1', () => dpoLoss(pair, { lengthAlpha: 1.5 }), /lengthAlpha: .* \[0, 1\], got 1.5/],
    [
      'no lengths',
      () => dpoLoss(pair, { lossType: 'ipo' }),
      /dpoLoss: scores per token need the lengths of chosenLogprobs: .* got \[B\] alone/,
    ],
    ['no tokens', () => dpoLoss(pair, { lengthAlpha: 0.5 }), /lengthAlpha needs a number per token/],
    ['half a reference', () => dpoLoss({ ...pair, refChosenLogprobs: [-1] }), /no refRejectedLogprobs/],
    ['other shapes', () => dpoLoss({ ...pair, rejectedLogprobs: [-1, -2] }), /must be \[1\], got \[2\]/],
    [
      'a reference misspelt, which would be reference-free',
      () => dpoLoss({ ...pair, referenceChosenLogprobs: [-1], referenceRejectedLogprobs: [-1] } as never),
      /dpoLoss: no input referenceChosenLogprobs; expected one of chosenLogprobs/,
    ],
    [
      'a mask of sums',
      () => dpoLoss({ ...pair, chosenMask: [1] }),
      /mask of chosenLogprobs: expected log-probabilities as \[B, T\]/,
    ],
    [
      'lengths of tokens',
      () => dpoLoss({ chosenLogprobs: [[-1]], rejectedLogprobs: [[-1]], chosenLengths: [1] }),
      /lengths of chosenLogprobs: expected log-probabilities as \[B\], sums/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  it('defaults spelled out are not refused', () => {
    const defaults = { alpha: 0.5, discopopTau: 0.05, labelSmoothing: 0, divergence: 'reverse-kl' } as const
    expect(dpoLoss(pair, defaults).losses).toEqual(dpoLoss(pair).losses)
  })
})
