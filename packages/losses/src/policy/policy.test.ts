import { cast, grad, jit, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import goldens from '../goldens/policy.json'
import {
  type CispoLossOptions,
  cispoLoss,
  type GrpoLossOptions,
  type GrpoReductionOptions,
  grpoLoss,
  grpoReduction,
  gspoLoss,
  LossError,
  type PolicyInputs,
  type PpoLossOptions,
  type PpoMetric,
  ppoLoss,
  sequenceMeanTokenMean,
  tokenMean,
  valueLoss,
} from '../index'
import { itBeginsAsPolicyGradient, itEqualsOneByOne, itIsDefinedAtExtremes } from './policy-properties'
import { f64, gradientOf } from './testing'

describeGoldens('against TRL, verl and OpenRLHF, in f64', goldens.rows as never, (functions) => ({
  ppo: (inputs, options) => functions.ppoLoss(inputs as never, options),
  gspo: (inputs, options) => functions.gspoLoss(inputs as never, options),
  gspoMean: (inputs, options) => {
    const { losses, metrics } = functions.gspoLoss(inputs as never, options)
    return {
      losses: functions.sequenceMeanTokenMean(losses, { mask: inputs.mask!, convention: 'trl' }),
      metrics,
    }
  },
  cispo: (inputs, options) => functions.cispoLoss(inputs as never, options),
  cispoMean: (inputs, options) => {
    const { losses, metrics } = functions.cispoLoss(inputs as never, options)
    return { losses: functions.tokenMean(losses, { mask: inputs.mask! }), metrics }
  },
  grpo: (inputs, { loss, reduction }: { loss: GrpoLossOptions; reduction: GrpoReductionOptions }) => {
    const { losses, metrics } = functions.grpoLoss(inputs as never, loss)
    return { losses: functions.grpoReduction(losses, { ...reduction, mask: inputs.mask! }), metrics }
  },
  value: (inputs, options) => functions.valueLoss(inputs as never, options),
}))

const inf = Number.POSITIVE_INFINITY
const policyLosses = {
  ppo: (inputs: PolicyInputs) => ppoLoss(inputs),
  'ppo, verl': (inputs: PolicyInputs) => ppoLoss(inputs, { convention: 'verl' }),
  grpo: (inputs: PolicyInputs) => grpoLoss(inputs),
  'grpo by sequence': (inputs: PolicyInputs) => grpoLoss(inputs, { importance: 'sequence-mean' }),
  gspo: (inputs: PolicyInputs) => gspoLoss(inputs),
  'gspo, trl': (inputs: PolicyInputs) => gspoLoss(inputs, { convention: 'trl' }),
  cispo: (inputs: PolicyInputs) => cispoLoss(inputs),
}
const all = Object.entries(policyLosses)

describe.each(all)('%s', (name, loss) => {
  itEqualsOneByOne(loss)
  itBeginsAsPolicyGradient(loss)
  itIsDefinedAtExtremes(name, loss)

  it('weights multiply', () => {
    const inputs = { logprobs: f64([[-1, -2]]), oldLogprobs: f64([[-1.1, -2.3]]), advantages: [1] }
    const [plain, weighted] = [loss(inputs).losses.data, loss({ ...inputs, weights: [[2, 0.5]] }).losses.data]
    expect(weighted[0]).toBeCloseTo(2 * plain[0]!, 12)
    expect(weighted[1]).toBeCloseTo(0.5 * plain[1]!, 12)
  })
})

describe('the clip', () => {
  const number = fc.double({ min: -4, max: 4, noNaN: true })

  it('never makes the loss smaller, and a dual clip bounds it', () => {
    fc.assert(
      fc.property(number, number, (logRatio, advantage) => {
        const inputs = { logprobs: f64([[logRatio]]), oldLogprobs: f64([[0]]), advantages: [advantage] }
        const loss = ppoLoss(inputs, { clipEpsilon: 0.2 }).losses.item()
        expect(loss).toBeGreaterThanOrEqual(-Math.exp(logRatio) * advantage - 1e-12)
        const dual = ppoLoss(inputs, { clipEpsilon: 0.2, dualClip: 2 }).losses.item()
        expect(dual).toBeLessThanOrEqual(Math.max(loss, 0) + 1e-12)
        if (advantage < 0) expect(dual).toBeLessThanOrEqual(-2 * advantage + 1e-6 * Math.abs(advantage))
      }),
    )
  })

  it('clip-higher leaves more room above', () => {
    const inputs = { logprobs: f64([[Math.log(1.25)]]), oldLogprobs: f64([[0]]), advantages: [1] }
    expect(gradientOf((x) => ppoLoss(x), inputs).item()).toBeCloseTo(0, 12)
    expect(gradientOf((x) => ppoLoss(x, { clipEpsilonHigh: 0.28 }), inputs).item()).toBeCloseTo(-1.25, 12)
    expect(ppoLoss(inputs).metrics['clip_ratio/high_mean'].item()).toBe(1)
    expect(ppoLoss(inputs, { clipEpsilonHigh: 0.28 }).metrics['clip_ratio/region_mean'].item()).toBe(0)
  })

  it('rlax: the mean of three clipped surrogates', () => {
    const ratios = [[1.4, 0.9, 0.5]].map((row) => row.map(Math.log))
    const inputs = { logprobs: f64(ratios), oldLogprobs: f64([[0, 0, 0]]), advantages: f64([[1, -2, 1]]) }
    // max(−1.4, −1.2), max(1.8, 1.8), max(−0.5, −0.8)
    expect(Array.from(ppoLoss(inputs).losses.data, (x) => Number(x.toFixed(12)))).toEqual([-1.2, 1.8, -0.5])
  })

  it('the two forms of gspo have the same gradient, and one ratio a sequence', () => {
    const inputs = {
      logprobs: f64([[-1, -2, -3]]),
      oldLogprobs: f64([[-1.2, -1.7, -3.1]]),
      advantages: [0.8],
    }
    const of = (convention: 'verl' | 'trl') => (x: PolicyInputs) => ({
      losses: sequenceMeanTokenMean(gspoLoss(x, { convention, clipEpsilon: 0.5 }).losses, {
        convention: 'trl',
      }),
    })
    const [verl, trl] = [gradientOf(of('verl'), inputs).data, gradientOf(of('trl'), inputs).data]
    verl.forEach((slope, i) => {
      expect(slope).toBeCloseTo(trl[i]!, 12)
      expect(slope).toBeCloseTo(-0.8 / 3, 12)
    })
  })
})

describe('ppoLoss', () => {
  // Ratios 1.5, 0.5, 4 and 1 of kept tokens; what is masked counts nowhere, where TRL averages it as a ratio of 1.
  const ratios = [1.5, 0.5, 4, 1]
  const inputs = {
    logprobs: f64([[...ratios.map(Math.log), 7, Number.NaN]]),
    oldLogprobs: f64([[0, 0, 0, 0, -7, inf]]),
    advantages: f64([[1, -1, -1, 1, 1, 1]]),
    mask: [[1, 1, 1, 1, 0, 0]],
  }
  const metricsOf = (options: PpoLossOptions = {}) =>
    Object.fromEntries(
      Object.entries<Tensor>(ppoLoss(inputs, options).metrics).map(([name, value]) => [name, value.item()]),
    )
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  it('has TRL’s and verl’s metrics, over the kept tokens', () => {
    const metrics = metricsOf({ convention: 'verl' })
    expect(metrics['val/ratio']).toBeCloseTo(meanOf(ratios), 12)
    expect(metrics['policy/approxkl_avg']).toBeCloseTo(meanOf(ratios.map((x) => Math.log(x) ** 2 / 2)), 12)
    expect(metrics['actor/ppo_kl']).toBeCloseTo(-meanOf(ratios.map(Math.log)), 12)
    // 1.5 with A > 0 and 0.5 with A < 0 are clipped; the dual clip of 3 holds 4.
    expect(metrics['policy/clipfrac_avg']).toBe(0.5)
    expect(metrics['actor/pg_clipfrac']).toBe(0.5)
    expect(metrics['actor/pg_clipfrac_lower']).toBe(0.25)
    expect(metricsOf()['actor/pg_clipfrac_lower']).toBe(0)
    expect(metricsOf({ dualClip: 5 })['actor/pg_clipfrac_lower']).toBe(0)
  })

  it('inside jit, metrics that nobody asks for are not computed', async () => {
    const opsOf = async (names: readonly PpoMetric[]) => {
      const given = [inputs.logprobs, inputs.oldLogprobs, inputs.advantages].map((x) => cast(x, 'f32'))
      const step = jit(
        (logprobs: Tensor, oldLogprobs: Tensor, advantages: Tensor) => {
          const { losses, metrics } = ppoLoss({ logprobs, oldLogprobs, advantages, mask: inputs.mask })
          return [losses, ...names.map((name) => metrics[name])]
        },
        { backend: 'reference' },
      )
      await step(...(given as [Tensor, Tensor, Tensor]))
      return (await step.compilations())[0]!.ops
    }
    const all = Object.keys(ppoLoss(inputs).metrics) as PpoMetric[]
    const [none, one, every] = [await opsOf([]), await opsOf(['actor/ppo_kl']), await opsOf(all)]
    expect(none).toBeLessThan(one)
    expect(one).toBeLessThan(every / 2)
  })
})

describe('cispoLoss', () => {
  const inputs = {
    logprobs: f64([[Math.log(8), Math.log(3), Math.log(0.1)]]),
    oldLogprobs: f64([[0, 0, 0]]),
    advantages: [1],
  }

  it('has the bounds of the convention: ScaleRL’s 5, or verl’s 0.8 and 1.2', () => {
    const weights = (options: CispoLossOptions) =>
      Array.from(gradientOf((x) => cispoLoss(x, options), inputs).data, (slope) => -slope)
    expect(weights({}).map((x) => Number(x.toFixed(12)))).toEqual([5, 3, 0.1])
    expect(weights({ convention: 'verl' }).map((x) => Number(x.toFixed(12)))).toEqual([1.2, 1.2, 0.8])
    expect(weights({ convention: 'verl', ratioHigh: 4 })[1]).toBeCloseTo(3, 12)
    const { metrics } = cispoLoss(inputs, { convention: 'verl' })
    expect(metrics.cispo_clip_ratio.item()).toBeCloseTo(2 / 3, 12)
    expect(metrics['actor/pg_clipfrac'].item()).toBe(1)
  })
})

describe('valueLoss', () => {
  it('a value that moved away from its return by more than ε has no gradient', () => {
    const inputs = { returns: f64([[0, 0]]), oldValues: f64([[1, 1]]) }
    const total = (values: Tensor) => reduceSum(valueLoss({ ...inputs, values }, { clipEpsilon: 0.2 }).losses)
    expect(grad(total)<Tensor>(f64([[0.5, 1.5]])).toArray()).toEqual([[0, 1.5]])
    expect(grad(total)<Tensor>(f64([[0.9, 1.1]])).toArray()).toEqual([[0.9, 1.1]])
  })

  it('padding changes nothing, and huge errors overflow only the square', () => {
    const inputs = { values: f64([[1e200, Number.NaN]]), returns: f64([[0, inf]]), mask: [[1, 0]] }
    expect(valueLoss(inputs).losses.toArray()).toEqual([[inf, 0]])
    expect(valueLoss(inputs, { distance: 'huber', delta: 2 }).losses.toArray()).toEqual([[2e200, 0]])
    expect(() => valueLoss({ values: f64([[inf]]), returns: f64([[inf]]) })).toThrow(/∞ − ∞/)
  })
})

describe('use', () => {
  it('plain arrays take the precision of the tensors they meet', () => {
    const { losses } = ppoLoss({
      logprobs: f64([[0]]),
      oldLogprobs: [[-0.1]],
      advantages: [0.3],
      weights: [0.7],
    })
    expect(losses.dtype).toBe('f64')
    expect(losses.item()).toBeCloseTo(-0.7 * 0.3 * Math.exp(0.1), 15)
  })

  it('inside jit, with a batch of any size', async () => {
    const step = jit(
      (logprobs: Tensor, oldLogprobs: Tensor) =>
        tokenMean(ppoLoss({ logprobs, oldLogprobs, advantages: logprobs }).losses),
      { backend: 'reference', symbolicDims: [['B'], ['B']] },
    )
    for (const size of [1, 3]) {
      const x = tensor(new Float32Array(size * 2).fill(-1), { shape: [size, 2] })
      expect((await step(x, x)).item()).toBeCloseTo(1, 6)
    }
  })

  const inputs = { logprobs: [[-1, -2]], advantages: [1] }
  it.each([
    ['ε beyond 1', () => ppoLoss(inputs, { clipEpsilon: 1.5 }), /clipEpsilon: .* got 1.5/],
    [
      'a dual clip of 1',
      () => ppoLoss(inputs, { dualClip: 1 }),
      /dualClip: expected a number in \(1, Infinity\)/,
    ],
    ['a misspelt option', () => ppoLoss(inputs, { epsilon: 0.2 } as never), /ppoLoss: no option epsilon/],
    [
      'a cap in the clip',
      () => grpoLoss(inputs, { ratioCap: 1.1 }),
      /ratioCap: .* \(1.2, Infinity\), got 1.1/,
    ],
    [
      'a reference of another shape',
      () => grpoLoss({ ...inputs, refLogprobs: [[1]] }, { klWeight: 0.1 }),
      /^grpoLoss: logprobs and refLogprobs/,
    ],
    ['a KL without a reference', () => grpoLoss(inputs, { klWeight: 0.1 }), /klWeight needs refLogprobs/],
    [
      'other advantages',
      () => gspoLoss({ ...inputs, advantages: [1, 2] }),
      /advantages must be \[B, T\] or \[B\] of \[1,2\]/,
    ],
    ['one log-probability', () => cispoLoss({ logprobs: [1], advantages: [1] }), /must both be \[B, T\]/],
    [
      'bounds in the wrong order',
      () => cispoLoss(inputs, { ratioLow: 2, ratioHigh: 1 }),
      /ratioLow: .* got 2/,
    ],
    [
      'a clip around nothing',
      () => valueLoss({ values: [[1]], returns: [[1]] }, { clipEpsilon: 1 }),
      /needs oldValues/,
    ],
    [
      'a misspelt input',
      () => ppoLoss({ ...inputs, oldLogProbs: [[-1, -1]] } as never),
      /ppoLoss: no input oldLogProbs/,
    ],
    ['another one', () => grpoLoss({ ...inputs, masks: [[1, 1]] } as never), /grpoLoss: no input masks/],
    [
      'and another',
      () => valueLoss({ values: [[1]], returns: [[1]], oldvalues: [[1]] } as never),
      /valueLoss: no input oldvalues/,
    ],
    [
      'a δ without Huber',
      () => valueLoss({ values: [[1]], returns: [[1]] }, { delta: 2 }),
      /valueLoss: delta: has no effect here, expected distance: 'huber' with it, got 2/,
    ],
    [
      'a ratio in a KL of no weight',
      () => grpoLoss(inputs, { klImportance: true }),
      /grpoLoss: klImportance: .* got true/,
    ],
    [
      'a length that the reduction does not use',
      () => grpoReduction([[1]], { maxCompletionLength: 8 }),
      /grpoReduction: maxCompletionLength: has no effect here, expected lossType: 'dr_grpo' with it, got 8/,
    ],
    [
      'tokens that it does not use',
      () => grpoReduction([[1]], { lossType: 'grpo', tokens: 8 }),
      /tokens: has no effect here, expected lossType: .dapo. with it, got 8/,
    ],
    [
      'TRL’s name of a level',
      () => grpoLoss(inputs, { importance: 'sequence' } as never),
      /token, sequence-mean, got/,
    ],
    [
      'dr_grpo without its length',
      () => grpoReduction([[1]], { lossType: 'dr_grpo' }),
      /maxCompletionLength, got none/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
