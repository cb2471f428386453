import { grad, mul, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import goldens from '../goldens/direct-alignment.json'
import {
  alphaPoLoss,
  bcoLoss,
  cpoLoss,
  dpoLoss,
  ktoLoss,
  LossError,
  orpoLoss,
  simPoLoss,
  slicLoss,
  tpoLoss,
  wpoWeights,
} from '../index'

describeGoldens('against TRL and OpenRLHF, in f64', goldens.rows as never, (functions) => ({
  dpo: (inputs, options) => functions.dpoLoss(inputs as never, options),
  dpoSums: (inputs, options) => functions.dpoLoss(inputs as never, options),
  wpo: (inputs, { squared, ...options }: { squared: number[][][] }) => {
    const weightOf = (side: 'chosen' | 'rejected', i: number) =>
      functions.wpoWeights({
        logprobs: inputs[`${side}Logprobs`]!,
        logSumSquaredProbs: tensor(squared[i]!, { dtype: 'f64' }),
        mask: inputs[`${side}Mask`]!,
      })
    const weights = mul(weightOf('chosen', 0), weightOf('rejected', 1))
    return functions.dpoLoss({ ...inputs, weights } as never, options as never)
  },
  cpo: (inputs, options) => functions.cpoLoss(inputs as never, options),
  simpo: (inputs, options) => functions.simPoLoss(inputs as never, options),
  alphaPo: (inputs, options) => functions.alphaPoLoss(inputs as never, options),
  orpo: (inputs, options) => functions.orpoLoss(inputs as never, options),
  kto: (inputs, options) => functions.ktoLoss(inputs as never, options),
  bco: (inputs, options) => functions.bcoLoss(inputs as never, options),
}))

const f64 = (...values: number[]) => new Float64Array(values)
const inf = Number.POSITIVE_INFINITY

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
    const means = { ...averages, chosenLengths: [1, 1], rejectedLengths: [1, 1] }
    const [a, b] = [loss(tokens).losses.data, loss(means).losses.data]
    expect(a[0]).toBeCloseTo(b[0]!, 12)
    expect(a[1]).toBeCloseTo(b[1]!, 12)
  })

  it('simPoLoss, alphaPoLoss and orpoLoss give the published numbers', () => {
    const one = { chosenLengths: [1], rejectedLengths: [1] }
    const pair = { chosenLogprobs: f64(-0.5), rejectedLogprobs: f64(-0.9), ...one }
    expect(simPoLoss(pair, { beta: 2, gamma: 1 }).losses.item()).toBeCloseTo(0.798139, 6)
    expect(alphaPoLoss(pair, { beta: 2, gamma: 1, alpha: 0.25 }).losses.item()).toBeCloseTo(0.716722, 6)
    expect(alphaPoLoss(pair, { gamma: 1, alpha: 0 }).losses.item()).toBeCloseTo(0.798139, 6)
    expect(orpoLoss(pair, { nllWeight: 0 }).metrics.log_odds_chosen.item()).toBeCloseTo(0.810917, 6)
  })

  it('the likelihood is of all tokens of the batch, or of each completion', () => {
    const [batch, each] = [(0.2 + 0.4 + 1) / 3, [0.3, 1]]
    const nll = (convention: 'trl' | 'paper') => {
      const marked = convention === 'trl' ? { likelihoodMask: tokens.chosenMask } : {}
      return {
        orpo: termsOf(orpoLoss({ ...tokens, ...marked }, { convention }), orpoLoss(tokens, { nllWeight: 0 })),
        cpo: termsOf(cpoLoss(tokens, { convention }), cpoLoss(tokens, { nllWeight: 0 })),
      }
    }
    type Outcome = ReturnType<typeof cpoLoss>
    const termsOf = ({ losses, metrics }: Outcome, without: Outcome) => ({
      terms: Array.from(losses.data, (x, i) => x - without.losses.data[i]!),
      mean: metrics.nll_loss.item(),
    })
    for (const name of ['orpo', 'cpo'] as const) {
      const [trl, paper] = [nll('trl')[name], nll('paper')[name]]
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
    const ones = { chosenLengths: [1, 1], rejectedLengths: [1, 1] }
    const certain = { chosenLogprobs: f64(0, -1), rejectedLogprobs: f64(-1, 0), ...ones }
    expect(orpoLoss(certain, { nllWeight: 0 }).losses.toArray()).toEqual([0, inf])
    const both = { chosenLogprobs: f64(0, 0), rejectedLogprobs: f64(0, 0), ...ones }
    expect(() => orpoLoss(both, { nllWeight: 0 })).toThrow(/orpoLoss: loss 0 is ∞ − ∞/)
  })
})

describe('sums are sums', () => {
  const sums = { chosenLogprobs: f64(-1), rejectedLogprobs: f64(-2) }
  const noNll = { nllWeight: 0 }
  it.each([
    ['simPoLoss', () => simPoLoss(sums)],
    ['alphaPoLoss', () => alphaPoLoss(sums)],
    ['orpoLoss', () => orpoLoss(sums, noNll)],
    ['cpoLoss', () => cpoLoss(sums, { lossType: 'ipo', ...noNll })],
    ['tpoLoss', () => tpoLoss(sums, { lossType: 'tpo-l', ...noNll })],
    ['tpoLoss', () => tpoLoss(sums, { lossType: 'ipo', ...noNll })],
    ['dpoLoss', () => dpoLoss(sums, { lossType: 'ipo' })],
  ])('%s takes no sum for a mean', (name, act) => {
    expect(act).toThrow(new RegExp(`^${name}: (a mean over tokens needs|scores per token need) `))
    expect(act).toThrow(
      /needs? the lengths of chosenLogprobs: expected \[B, T\] with a mask, or lengths beside \[B\]/,
    )
    expect(act).toThrow(expect.objectContaining({ code: 'MISSING_INPUT' }))
  })

  it('with lengths they become means', () => {
    const tokens = { chosenLogprobs: [[-0.25, -0.75]], rejectedLogprobs: [[-2, 0]] }
    const lengths = { chosenLengths: [2], rejectedLengths: [2] }
    expect(simPoLoss({ ...sums, ...lengths }).losses.item()).toBeCloseTo(simPoLoss(tokens).losses.item(), 6)
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

  it('bcoLoss has one shift, and a weight for each completion', () => {
    const given = { logprobs: f64(-1, -2), desirable: [1, 0] }
    const { losses, metrics } = bcoLoss({ ...given, shift: 0.1, weights: [2, 0.1] })
    const softplus = (x: number) => Math.log1p(Math.exp(x))
    expect(losses.data[0]).toBeCloseTo(2 * softplus(0.1 + 0.1), 15)
    expect(losses.data[1]).toBeCloseTo(0.1 * softplus(-0.2 - 0.1), 15)
    expect(metrics.delta.item()).toBe(0.1)
    expect(() => bcoLoss({ ...given, shift: [1, 2] })).toThrow(/bcoLoss: shift must be a number, got \[2\]/)
    expect(() => bcoLoss({ ...given, weights: [[1], [2]] })).toThrow(
      /bcoLoss: weights must be .* got \[2,1\]/,
    )
  })

  it('ktoLoss holds plain numbers as precisely as those beside them', () => {
    const given = { logprobs: f64(-1), desirable: [1] }
    const { metrics } = ktoLoss({ ...given, klLogprobs: [-0.1], refKlLogprobs: [-0.3] })
    expect(metrics.kl.item()).toBe(-0.1 + 0.3)
  })

  it('mask tokens', () => {
    const inputs = { desirable: [1], mask: [[1, 0]] }
    const padded = ktoLoss({ logprobs: [[-1, Number.NaN]], ...inputs }, { lossType: 'apo_zero_unpaired' })
    expect(padded.losses.item()).toBeCloseTo(1 / (1 + Math.exp(-0.1)), 6)
  })
})

describe('bad input', () => {
  const pair = { chosenLogprobs: [-1], rejectedLogprobs: [-2] }
  const means = { ...pair, chosenLengths: [1], rejectedLengths: [1] }
  const tokens = { chosenLogprobs: [[-1]], rejectedLogprobs: [[-2]] }
  const judged = { logprobs: [-1], desirable: [1] }
  it.each([
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
    [
      'a convention of no effect',
      () => ktoLoss(judged, { lossType: 'apo_zero_unpaired', convention: 'halos' }),
      /ktoLoss: convention: has no effect here/,
    ],
    [
      "TRL's likelihood without its tokens",
      () => orpoLoss(tokens, { convention: 'trl' }),
      /orpoLoss: convention 'trl' needs likelihoodMask/,
    ],
    [
      'tokens of no likelihood',
      () => orpoLoss({ ...tokens, likelihoodMask: [[1]] }),
      /orpoLoss: likelihoodMask: has no effect here, expected convention: 'trl'/,
    ],
    [
      'an input misspelt for cpoLoss',
      () => cpoLoss({ ...tokens, masks: 1 } as never),
      /cpoLoss: no input masks/,
    ],
    ['for simPoLoss', () => simPoLoss({ ...tokens, masks: 1 } as never), /simPoLoss: no input masks/],
    ['for alphaPoLoss', () => alphaPoLoss({ ...tokens, masks: 1 } as never), /alphaPoLoss: no input masks/],
    ['for orpoLoss', () => orpoLoss({ ...tokens, masks: 1 } as never), /orpoLoss: no input masks/],
    ['for slicLoss', () => slicLoss({ ...tokens, masks: 1 } as never), /slicLoss: no input masks/],
    ['for ktoLoss', () => ktoLoss({ ...judged, masks: 1 } as never), /ktoLoss: no input masks/],
    ['for bcoLoss', () => bcoLoss({ ...judged, masks: 1 } as never), /bcoLoss: no input masks/],
    ['for wpoWeights', () => wpoWeights({ ...judged, masks: 1 } as never), /wpoWeights: no input desirable/],
    ['smoothed hinge', () => cpoLoss(pair, { lossType: 'hinge', labelSmoothing: 0.1 }), /labelSmoothing/],
    ['no likelihood', () => cpoLoss(pair), /the log-likelihood needs the lengths of chosenLogprobs/],
    ['an infinite α', () => alphaPoLoss(means, { alpha: inf }), /alpha: .* got Infinity/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
