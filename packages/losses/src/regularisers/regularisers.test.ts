import { grad, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens, type UnderTest } from '../golden-rows'
import goldens from '../goldens/regularisers.json'
import {
  entropyLoss,
  fullKlLoss,
  klLoss,
  LossError,
  sequenceMeanTokenMean,
  sequenceMeanTokenSum,
  tokenMean,
  tokenSum,
} from '../index'

const reduced =
  (reduce: (losses: Tensor, options: never) => Tensor): UnderTest =>
  ({ losses, mask }, options) => ({ losses: reduce(losses!, { ...(options as object), mask } as never) })

describeGoldens('against verl, OpenRLHF and PyTorch, in f64', goldens.rows as never, (functions) => ({
  kl: (inputs, options) => functions.klLoss(inputs as never, options),
  fullKl: (inputs) => functions.fullKlLoss(inputs as never),
  entropy: ({ logits, mask }) => functions.entropyLoss(logits!, { mask: mask! }),
  tokenMean: reduced(functions.tokenMean),
  tokenSum: reduced(functions.tokenSum),
  sequenceMeanTokenSum: reduced(functions.sequenceMeanTokenSum),
  sequenceMeanTokenMean: reduced(functions.sequenceMeanTokenMean),
}))

const inf = Number.POSITIVE_INFINITY
const f64 = (values: number[][]) => tensor(values, { dtype: 'f64' })

describe('klLoss', () => {
  const logprob = fc.double({ min: -30, max: 0, noNaN: true })
  const estimate = (estimator: 'k1' | 'abs' | 'k2' | 'k3', p: number, q: number) =>
    klLoss({ logprobs: f64([[p]]), refLogprobs: f64([[q]]) }, { estimator }).losses.item()

  it('k2, k3 and abs are never negative, and all are 0 for one policy', () => {
    fc.assert(
      fc.property(logprob, logprob, (p, q) => {
        for (const estimator of ['abs', 'k2', 'k3'] as const) {
          // k3 is a difference: it is off by the rounding of its terms.
          expect(estimate(estimator, p, q)).toBeGreaterThanOrEqual(-1e-15)
          expect(estimate(estimator, p, p)).toBe(0)
        }
      }),
    )
  })

  it('k1 and k3 have the divergence as their expectation, and k2 its gradient', () => {
    const p = [0.5, 0.3, 0.2]
    const q = [0.2, 0.2, 0.6]
    const exact = p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]!), 0)
    const logits = (x: number[]) => tensor([[x.map(Math.log)]], { dtype: 'f64' })
    const full = fullKlLoss({ logits: logits(p), refLogits: logits(q) })
    expect(full.losses.item()).toBeCloseTo(exact, 12)
    const expectation = (estimator: 'k1' | 'k3') =>
      p.reduce((sum, x, i) => sum + x * estimate(estimator, Math.log(x), Math.log(q[i]!)), 0)
    expect(expectation('k1')).toBeCloseTo(exact, 12)
    expect(expectation('k3')).toBeCloseTo(exact, 12)
    // The divergence's gradient is E[(log p/q)·∇log p]: what a token adds has the slope log p/q.
    p.forEach((_, i) => {
      const slope = grad(
        (logprobs: Tensor) =>
          klLoss({ logprobs, refLogprobs: f64([[Math.log(q[i]!)]]) }, { estimator: 'k1', gradient: 'k2' })
            .metrics.kl,
      )<Tensor>(f64([[Math.log(p[i]!)]]))
      // Metrics are of the value alone: k1's slope is 1.
      expect(slope.item()).toBeCloseTo(1, 12)
      const loss = grad((logprobs: Tensor) =>
        tokenSum(
          klLoss({ logprobs, refLogprobs: f64([[Math.log(q[i]!)]]) }, { estimator: 'k1', gradient: 'k2' })
            .losses,
        ),
      )<Tensor>(f64([[Math.log(p[i]!)]]))
      expect(loss.item()).toBeCloseTo(Math.log(p[i]! / q[i]!), 12)
    })
  })

  it('padding changes nothing; overflow is bounded or infinite as the convention says', () => {
    const padded = klLoss({
      logprobs: f64([[-1, Number.NaN]]),
      refLogprobs: f64([[-2, inf]]),
      mask: [[1, 0]],
    })
    expect(padded.losses.toArray()).toEqual([[Math.expm1(-1) + 1, 0]])
    expect(padded.metrics.kl.item()).toBeCloseTo(Math.exp(-1), 12)
    const overflow = { logprobs: f64([[-2000]]), refLogprobs: f64([[0]]) }
    expect(klLoss(overflow).losses.item()).toBe(inf)
    expect(klLoss(overflow, { convention: 'verl' }).losses.item()).toBe(10)
    expect(klLoss(overflow, { convention: 'openrlhf', estimator: 'k1' }).losses.item()).toBe(-10)
    expect(() => klLoss({ logprobs: f64([[-inf]]), refLogprobs: f64([[-inf]]) })).toThrow(
      /INDETERMINATE|∞ − ∞/,
    )
  })
})

describe('entropies and divergences of whole distributions', () => {
  it('tokens that are never taken add nothing', () => {
    const logits = tensor([[[0, 0, -inf]]], { dtype: 'f64' })
    expect(entropyLoss(logits).losses.item()).toBeCloseTo(-Math.LN2, 12)
    expect(fullKlLoss({ logits, refLogits: tensor([[[1, 1, 5]]]) }).losses.item()).toBeCloseTo(
      -Math.LN2 + Math.log(2 * Math.E + Math.exp(5)) - 1,
      6,
    )
    const slopes = grad((z: Tensor) => tokenSum(entropyLoss(z).losses))<Tensor>(logits)
    expect(slopes.data.every((slope) => Math.abs(slope) < 1e-15)).toBe(true)
  })

  it('padding counts nowhere, and rows without probability are an error', () => {
    const logits = tensor(
      [
        [
          [1, 2],
          [Number.NaN, 0],
        ],
      ],
      { dtype: 'f64' },
    )
    const { losses, metrics } = entropyLoss(logits, { mask: [[1, 0]] })
    expect(losses.data[1]).toBe(0)
    expect(metrics.entropy.item()).toBeCloseTo(-losses.data[0]!, 12)
    expect(() => entropyLoss([[[-inf, -inf]]])).toThrow(/entropyLoss: loss 0 is ∞ − ∞/)
  })
})

describe('reductions', () => {
  const losses = f64([
    [1, 2, 3],
    [4, Number.NaN, Number.NaN],
    [Number.NaN, Number.NaN, Number.NaN],
  ])
  const mask = [
    [1, 1, 1],
    [1, 0, 0],
    [0, 0, 0],
  ]

  it('trl counts sequences without tokens, verl does not', () => {
    expect(tokenMean(losses, { mask }).item()).toBe(2.5)
    expect(tokenSum(losses, { mask }).item()).toBe(10)
    expect(sequenceMeanTokenMean(losses, { mask }).item()).toBeCloseTo(3, 7)
    expect(sequenceMeanTokenMean(losses, { mask, convention: 'trl' }).item()).toBe(2)
    expect(sequenceMeanTokenSum(losses, { mask }).item()).toBe(5)
    expect(sequenceMeanTokenSum(losses, { mask, convention: 'trl', length: 5 }).item()).toBeCloseTo(2 / 3, 12)
  })

  it('parts of a batch, divided by what the whole has, add up to the whole', () => {
    const parts = [0, 1, 2].map((i) => f64([(losses.toArray() as number[][])[i]!]))
    const total = (of: (part: Tensor, mask: number[][]) => Tensor) =>
      parts.reduce((sum, part, i) => sum + of(part, [mask[i]!]).item(), 0)
    expect(total((x, m) => tokenMean(x, { mask: m, tokens: 4 }))).toBeCloseTo(2.5, 12)
    expect(total((x, m) => sequenceMeanTokenSum(x, { mask: m, sequences: 2 }))).toBeCloseTo(5, 12)
    expect(
      total((x, m) => sequenceMeanTokenMean(x, { mask: m, sequences: 3, convention: 'trl' })),
    ).toBeCloseTo(2, 12)
  })

  it('of nothing are 0, with gradient 0', () => {
    for (const reduce of [tokenMean, tokenSum, sequenceMeanTokenMean, sequenceMeanTokenSum]) {
      const nothing = { mask: [[0, 0]] }
      expect(reduce(f64([[inf, 1]]), nothing).item()).toBe(0)
      expect(grad((x: Tensor) => reduce(x, nothing))<Tensor>(f64([[inf, 1]])).toArray()).toEqual([[0, 0]])
    }
  })

  it.each([
    ['no rank', () => tokenMean([1, 2]), /tokenMean: losses must be \[B, T\], got \[2\]/],
    ['a mask of another shape', () => tokenSum([[1, 2]], { mask: [[1]] }), /tokenSum: mask must be \[1,2\]/],
    [
      'a length of 0',
      () => sequenceMeanTokenSum([[1]], { length: 0 }),
      /sequenceMeanTokenSum: length: .* got 0/,
    ],
    [
      'no sequences',
      () => sequenceMeanTokenMean([[1]], { sequences: 0 }),
      /sequenceMeanTokenMean: sequences: .* got 0/,
    ],
    [
      'no such convention',
      () => sequenceMeanTokenMean([[1]], { convention: 'skyrl' as never }),
      /convention: expected one of verl, trl, got the string "skyrl"/,
    ],
    [
      'a misspelt input',
      () => klLoss({ logprobs: [[1]], refLogprobs: [[1]], refLogProbs: [[1]] } as never),
      /klLoss: no input refLogProbs/,
    ],
    [
      'another one',
      () => fullKlLoss({ logits: [[[1, 2]]], refLogits: [[[1, 2]]], masks: [[1]] } as never),
      /fullKlLoss: no input masks/,
    ],
    [
      'no such estimator',
      () => klLoss({ logprobs: [[1]], refLogprobs: [[1]] }, { estimator: 'k4' as never }),
      /k4/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
