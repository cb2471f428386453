import { grad, jit, mul, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import goldens from '../goldens/direct-alignment.json'
import {
  alphaPoLoss,
  bcoLoss,
  cpoLoss,
  type DpoLossType,
  dpoLoss,
  ktoLoss,
  LossError,
  logSumSquaredProbs,
  orpoLoss,
  type ReferencedLogprobs,
  rpoLoss,
  simPoLoss,
  slicLoss,
  wpoWeights,
} from '../index'
import { dpoLossTypes } from './dpo-loss-types'

describeGoldens('against TRL and OpenRLHF, in f64', goldens.rows as never, {
  dpo: (inputs, options) => dpoLoss(inputs as never, options),
  dpoSums: (inputs, options) => dpoLoss(inputs as never, options),
  wpo: (inputs, { squared, ...options }: { squared: number[][][] }) => {
    const weightOf = (side: 'chosen' | 'rejected', i: number) =>
      wpoWeights({
        logprobs: inputs[`${side}Logprobs`]!,
        logSumSquaredProbs: tensor(squared[i]!, { dtype: 'f64' }),
        mask: inputs[`${side}Mask`]!,
      })
    const weights = mul(weightOf('chosen', 0), weightOf('rejected', 1))
    return dpoLoss(inputs as never, { ...options, weights })
  },
  cpo: (inputs, options) => cpoLoss(inputs as never, options),
  simpo: (inputs, options) => simPoLoss(inputs as never, options),
  alphaPo: (inputs, options) => alphaPoLoss(inputs as never, options),
  orpo: (inputs, options: object) => orpoLoss(inputs as never, { ...options, nllWeight: 0 }),
  kto: (inputs, options) => ktoLoss(inputs as never, options),
  bco: (inputs, options) => bcoLoss(inputs as never, options),
})

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

describe('wpoWeights', () => {
  it('is 1 for a uniform policy, and falls for tokens less likely than its own', () => {
    const logits = tensor([[[0, 0, 0, 0]], [[3, 0, 0, 0]]], { dtype: 'f64' })
    const squared = logSumSquaredProbs(logits)
    expect(squared.data[0]).toBeCloseTo(Math.log(4 * 0.25 ** 2), 12)
    const total = Math.exp(3) + 3
    const logprobs = tensor([[Math.log(0.25)], [-Math.log(total)]], { dtype: 'f64' })
    const [uniform, unlikely] = wpoWeights({ logprobs, logSumSquaredProbs: squared }).data
    expect(uniform).toBeCloseTo(1, 12)
    expect(unlikely).toBeCloseTo(1 / total / ((Math.exp(6) + 3) / total ** 2), 12)
  })

  it('holds its weights constant', () => {
    const weight = (logprobs: Tensor) => reduceSum(wpoWeights({ logprobs, logSumSquaredProbs: [[0]] }))
    expect(grad(weight)<Tensor>(tensor([[-1]])).item()).toBe(0)
  })
})

describe('losses without a reference policy', () => {
  const tokens = {
    chosenLogprobs: tensor(
      [
        [-0.2, -0.4, 9],
        [-1, 9, 9],
      ],
      { dtype: 'f64' },
    ),
    rejectedLogprobs: tensor(
      [
        [-0.9, -0.5],
        [-2, 9],
      ],
      { dtype: 'f64' },
    ),
    chosenMask: [
      [1, 1, 0],
      [1, 0, 0],
    ],
    rejectedMask: [
      [1, 1],
      [1, 0],
    ],
  }
  const averages = { chosenLogprobs: f64(-0.3, -1), rejectedLogprobs: f64(-0.7, -2) }

  it.each([
    ['simPoLoss', simPoLoss],
    ['alphaPoLoss', alphaPoLoss],
  ] as const)('%s takes means over the tokens of a completion', (_, loss) => {
    const [a, b] = [loss(tokens).losses.data, loss(averages).losses.data]
    expect(a[0]).toBeCloseTo(b[0]!, 12)
    expect(a[1]).toBeCloseTo(b[1]!, 12)
  })

  it('simPoLoss, alphaPoLoss and orpoLoss give the published numbers', () => {
    const pair = { chosenLogprobs: f64(-0.5), rejectedLogprobs: f64(-0.9) }
    expect(simPoLoss(pair, { beta: 2, gamma: 1 }).losses.item()).toBeCloseTo(0.798139, 6)
    expect(alphaPoLoss(pair, { beta: 2, gamma: 1, alpha: 0.25 }).losses.item()).toBeCloseTo(0.716722, 6)
    expect(alphaPoLoss(pair, { gamma: 1, alpha: 0 }).losses.item()).toBeCloseTo(0.798139, 6)
    expect(orpoLoss(pair, { nllWeight: 0 }).metrics.log_odds_chosen.item()).toBeCloseTo(0.810917, 6)
  })

  it('the likelihood is of all tokens of the batch, or of each completion', () => {
    const [batch, each] = [(0.2 + 0.4 + 1) / 3, [0.3, 1]]
    const nll = (loss: typeof orpoLoss | typeof cpoLoss, convention: 'trl' | 'paper') => {
      const { losses, metrics } = loss(tokens, { convention })
      const without = loss(tokens, { nllWeight: 0 }).losses
      return { terms: Array.from(losses.data, (x, i) => x - without.data[i]!), mean: metrics.nll_loss.item() }
    }
    for (const loss of [orpoLoss, cpoLoss]) {
      const [trl, paper] = [nll(loss, 'trl'), nll(loss, 'paper')]
      trl.terms.forEach((term) => {
        expect(term).toBeCloseTo(batch, 12)
      })
      paper.terms.forEach((term, i) => {
        expect(term).toBeCloseTo(each[i]!, 12)
      })
      expect([trl.mean, paper.mean]).toEqual([expect.closeTo(batch, 12), expect.closeTo(0.65, 12)])
    }
  })

  it('slicLoss: the hinge of sums and λ times the likelihood', () => {
    const { losses, metrics } = slicLoss(tokens)
    expect(losses.data[0]).toBeCloseTo(1 - -0.6 + -1.4 + 0.1 * 0.6, 12)
    expect(losses.data[1]).toBeCloseTo(0.1, 12)
    expect(metrics.nll_loss.item()).toBeCloseTo(0.8, 12)
    expect(slicLoss({ chosenLogprobs: f64(-1), rejectedLogprobs: f64(-inf) }).losses.item()).toBeCloseTo(
      0.1,
      12,
    )
  })

  it('orpoLoss at certainty', () => {
    const certain = { chosenLogprobs: f64(0, -1), rejectedLogprobs: f64(-1, 0) }
    expect(orpoLoss(certain, { nllWeight: 0 }).losses.toArray()).toEqual([0, inf])
    expect(() => orpoLoss({ chosenLogprobs: f64(0), rejectedLogprobs: f64(0) }, { nllWeight: 0 })).toThrow(
      /orpoLoss: loss 0 is ∞ − ∞/,
    )
  })
})

describe('rpoLoss', () => {
  const finite = fc.double({ min: -15, max: 15, noNaN: true })
  const lossOf = (c: number, r: number, target: number, distance: 'forward-kl' | 'backward-kl' | 'squared') =>
    rpoLoss(
      { chosenLogRatios: f64(c), rejectedLogRatios: f64(r), rewardMargins: f64(target) },
      { beta: 0.5, eta: 2, distance },
    ).losses.item()

  it('is the divergence of the two probabilities', () => {
    fc.assert(
      fc.property(finite, finite, finite, (c, r, target) => {
        const sigma = (x: number) => 1 / (1 + Math.exp(-x))
        const [m, t] = [0.5 * (c - r), 2 * target]
        const kl = (a: number, b: number) =>
          sigma(a) * Math.log(sigma(a) / sigma(b)) + sigma(-a) * Math.log(sigma(-a) / sigma(-b))
        expect(lossOf(c, r, target, 'forward-kl')).toBeCloseTo(kl(t, m), 9)
        expect(lossOf(c, r, target, 'backward-kl')).toBeCloseTo(kl(m, t), 9)
        expect(lossOf(c, r, target, 'squared')).toBeCloseTo((m - t) ** 2, 9)
      }),
    )
  })

  it('has no gradient where the policy prefers as strongly as the rewards', () => {
    for (const distance of ['forward-kl', 'backward-kl', 'squared'] as const) {
      const total = (chosenLogRatios: Tensor) =>
        reduceSum(
          rpoLoss(
            { chosenLogRatios, rejectedLogRatios: f64(-1), rewardMargins: f64(0.75) },
            { beta: 0.5, eta: 2, distance },
          ).losses,
        )
      expect(Math.abs(grad(total)<Tensor>(tensor(f64(2))).item())).toBeLessThan(1e-15)
    }
  })
})

describe('unpaired losses', () => {
  it('a batch of one kind only has metrics of 0 for the other', () => {
    const { losses, metrics } = bcoLoss({ logprobs: [-1, -2], desirable: [1, 1] })
    expect(losses.data.every(Number.isFinite)).toBe(true)
    expect(metrics['rewards/rejected'].item()).toBe(0)
    const kto = ktoLoss({ logprobs: [[-1], [-2]], desirable: [0, 0] }, { lossType: 'apo_zero_unpaired' })
    expect(kto.metrics['logps/chosen'].item()).toBe(0)
  })

  it('ktoLoss holds the divergence constant', () => {
    const given = { logprobs: f64(-1, -2), desirable: [1, 0], refKlLogprobs: f64(-3) }
    const total = (klLogprobs: Tensor) => reduceSum(ktoLoss({ ...given, klLogprobs }).losses)
    expect(total(tensor(f64(-1))).item()).not.toBeCloseTo(total(tensor(f64(-2))).item(), 6)
    expect(grad(total)<Tensor>(tensor(f64(-1))).item()).toBe(0)
  })

  it('mask tokens', () => {
    const inputs = { desirable: [1], mask: [[1, 0]] }
    const padded = ktoLoss({ logprobs: [[-1, Number.NaN]], ...inputs }, { lossType: 'apo_zero_unpaired' })
    expect(padded.losses.item()).toBeCloseTo(1 / (1 + Math.exp(-0.1)), 6)
  })
})

describe('bad input', () => {
  const pair = { chosenLogprobs: [-1], rejectedLogprobs: [-2] }
  it.each([
    ['β of 0', () => dpoLoss(pair, { beta: 0 }), /beta: expected a number in \(0, Infinity\), got 0/],
    [
      'an unknown loss',
      () => dpoLoss(pair, { lossType: 'kto' as never }),
      /lossType: .* got the string "kto"/,
    ],
    ['no loss', () => dpoLoss(pair, { lossType: {} }), /lossType: expected at least one loss/],
    [
      'smoothing of no effect',
      () => dpoLoss(pair, { labelSmoothing: 0.1 }),
      /labelSmoothing: has no effect on sigmoid under the convention trl: expected one of exo_pair/,
    ],
    [
      'a divergence of no effect',
      () => dpoLoss(pair, { lossType: 'apo_zero', divergence: 'js' }),
      /divergence: has no effect on apo_zero/,
    ],
    ['exo_pair without ε', () => dpoLoss(pair, { lossType: 'exo_pair' }), /exo_pair expects it above 0/],
    [
      'no lengths',
      () => dpoLoss(pair, { lossType: 'ipo' }),
      /a score a token needs the lengths of chosenLogprobs: .* got \[B\] alone/,
    ],
    ['no tokens', () => dpoLoss(pair, { lengthAlpha: 0.5 }), /lengthAlpha needs a number a token/],
    ['half a reference', () => dpoLoss({ ...pair, refChosenLogprobs: [-1] }), /no refRejectedLogprobs/],
    ['other shapes', () => dpoLoss({ ...pair, rejectedLogprobs: [-1, -2] }), /must be \[1\], got \[2\]/],
    [
      'a mask of another shape',
      () => simPoLoss({ chosenLogprobs: [[1]], rejectedLogprobs: [[1]], chosenMask: [1] }),
      /mask of chosenLogprobs/,
    ],
    [
      'no pairs',
      () => orpoLoss({ chosenLogprobs: [], rejectedLogprobs: [] }),
      /expected at least one completion/,
    ],
    ['no KL log-probabilities', () => ktoLoss({ logprobs: [-1], desirable: [1] }), /no klLogprobs/],
    ['smoothed hinge', () => cpoLoss(pair, { lossType: 'hinge', labelSmoothing: 0.1 }), /labelSmoothing/],
    ['no likelihood', () => cpoLoss(pair), /the log-likelihood needs the lengths of chosenLogprobs/],
    ['an infinite α', () => alphaPoLoss(pair, { alpha: inf }), /alpha: expected a finite number/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
