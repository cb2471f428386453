import { mul, stopGradient, type Tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { type Api, describeGoldens } from '../golden-rows'
import goldens from '../goldens/off-policy.json'
import {
  gpgLoss,
  LossError,
  type PolicyInputs,
  type RolloutMaskOptions,
  type RolloutWeightsOptions,
  reinforceLoss,
  rlooLoss,
  toprLoss,
} from '../index'
import { expectClose, f64, gradientOf } from './testing'

type Named = Record<string, Tensor>
type Correction = { weights: RolloutWeightsOptions; mask?: RolloutMaskOptions }

/** Of the inputs of a row those that a function has. */
const only = (inputs: Named, names: readonly string[]) =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => names.includes(name))) as never
const policyNames = ['logprobs', 'oldLogprobs', 'advantages', 'mask', 'weights']
const rolloutNames = ['logprobs', 'rolloutLogprobs', 'mask']

/** Weights or a mask, seen as the factor of log π that they are. */
const onLogprobs = (inputs: Named, factor: Tensor) => ({ losses: mul(factor, inputs.logprobs!) })

/** The weights of a correction, 0 where its mask drops a token. */
function corrected(functions: Api, inputs: Named, { weights, mask }: Correction) {
  const given = functions.rolloutWeights(only(inputs, rolloutNames), weights)
  const kept = mask === undefined ? 1 : functions.rolloutMask(only(inputs, rolloutNames), mask).mask
  return { weights: mul(given.weights, kept), metrics: given.metrics }
}

/** verl adds 1e-8 to the counts of what its weights are, and to the mean that it divides them by. */
const METRIC_TOLERANCE = 5e-8

describeGoldens(
  'against TRL, verl, OpenRLHF and Trinity-RFT, in f64',
  goldens.rows as never,
  (functions) => ({
    reinforce: (inputs, options) => functions.reinforceLoss(inputs as never, options),
    gpg: (inputs) => functions.gpgLoss(inputs as never),
    bypass: (inputs, options: Correction) => {
      const { weights } = corrected(functions, { ...inputs, rolloutLogprobs: inputs.oldLogprobs! }, options)
      return { losses: functions.reinforceLoss(only({ ...inputs, weights }, policyNames)).losses }
    },
    rlooMean: (inputs, options) => {
      const { losses, metrics } = functions.rlooLoss(inputs as never, options)
      return {
        losses: functions.sequenceMeanTokenMean(losses, { mask: inputs.mask!, convention: 'trl' }),
        metrics,
      }
    },
    topr: (inputs, options) => functions.toprLoss(inputs as never, options),
    importanceRatios: (inputs, options) => ({ losses: functions.importanceRatios(inputs as never, options) }),
    productsOnLogprobs: (inputs, options) =>
      onLogprobs(inputs, stopGradient(functions.importanceRatios(inputs as never, options))),
    rolloutWeights: (inputs, options) => {
      const { weights, metrics } = functions.rolloutWeights(inputs as never, options)
      return { ...onLogprobs(inputs, weights), metrics }
    },
    rolloutMask: (inputs, options) => {
      const { mask, metrics } = functions.rolloutMask(inputs as never, options)
      return { ...onLogprobs(inputs, mask), metrics }
    },
    mismatch: (inputs) => ({
      losses: mul(0, inputs.logprobs!),
      metrics: functions.rolloutMismatch(inputs as never),
    }),
    correctedPpo: (inputs, options: Correction) => {
      const { weights, metrics } = corrected(functions, { ...inputs, logprobs: inputs.oldLogprobs! }, options)
      const { losses } = functions.ppoLoss(only({ ...inputs, weights }, policyNames), {
        convention: 'openrlhf',
      })
      return { losses, metrics }
    },
    offPolicySequenceMask: (inputs, options) =>
      onLogprobs(inputs, functions.offPolicySequenceMask(inputs as never, options)),
    topEntropyMask: (inputs, options: { share: number }) =>
      onLogprobs(inputs, functions.topEntropyMask(inputs.entropies!, { ...options, mask: inputs.mask! })),
    maskedGrpo: (inputs, options: { threshold: number; share: number; ratioHigh: number }) => {
      const { threshold, share, ratioHigh } = options
      const sampled = { ...inputs, logprobs: inputs.oldLogprobs! }
      const { weights } = functions.rolloutWeights(only(sampled, rolloutNames), { ratioHigh })
      const near = functions.offPolicySequenceMask(only(inputs, [...rolloutNames, 'advantages']), {
        threshold,
      })
      const unsure = functions.topEntropyMask(inputs.entropies!, { share, mask: inputs.mask! })
      const masked = { ...inputs, weights: mul(weights, mul(near, unsure)) }
      const { losses, metrics } = functions.grpoLoss(only(masked, policyNames))
      return { losses: functions.grpoReduction(losses, { lossType: 'dapo', mask: inputs.mask! }), metrics }
    },
  }),
  METRIC_TOLERANCE,
)

const inf = Number.POSITIVE_INFINITY
const policyLosses = {
  reinforce: (inputs: PolicyInputs) => reinforceLoss(inputs),
  'reinforce by token': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'token' }),
  'reinforce by sequence': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'sequence' }),
  'reinforce by mean': (inputs: PolicyInputs) => reinforceLoss(inputs, { importance: 'sequence-mean' }),
  gpg: (inputs: PolicyInputs) => gpgLoss(inputs),
  rloo: (inputs: PolicyInputs) => rlooLoss(inputs),
  topr: (inputs: PolicyInputs) => toprLoss(inputs),
  'topr by token': (inputs: PolicyInputs) => toprLoss(inputs, { importance: 'token' }),
}
const all = Object.entries(policyLosses)
const scored = all.filter(([name]) => name !== 'rloo')

describe.each(all)('%s', (name, loss) => {
  it('padding changes nothing, whatever is there, and [B, T] equals one by one', () => {
    const rows = [
      { logprobs: [-1, -2, -0.5], oldLogprobs: [-1.1, -1.5, -0.6], advantages: 1.5 },
      { logprobs: [-0.3], oldLogprobs: [-0.9], advantages: -0.7 },
    ]
    const pad = (values: number[]) => [
      Number.NaN,
      ...values,
      ...new Array<number>(3 - values.length).fill(-inf),
    ]
    const inputs = {
      logprobs: f64(rows.map((row) => pad(row.logprobs))),
      oldLogprobs: f64(rows.map((row) => pad(row.oldLogprobs))),
      advantages: rows.map((row) => row.advantages),
      mask: rows.map(({ logprobs }) => [
        0,
        ...logprobs.map(() => 1),
        ...new Array(3 - logprobs.length).fill(0),
      ]),
    }
    const [batch, slopes] = [
      loss(inputs).losses.toArray(),
      gradientOf(loss, inputs).toArray(),
    ] as number[][][]
    rows.forEach((row, i) => {
      const one = {
        logprobs: f64([row.logprobs]),
        oldLogprobs: f64([row.oldLogprobs]),
        advantages: [row.advantages],
      }
      const [alone, slope] = [loss(one).losses.data, gradientOf(loss, one).data]
      inputs.mask[i]!.forEach((kept, t) => {
        expect(batch![i]![t]).toBeCloseTo(kept ? alone[t - 1]! : 0, 12)
        expect(slopes![i]![t]).toBeCloseTo(kept ? slope[t - 1]! : 0, 12)
      })
    })
  })

  it('log-ratios of any size have finite losses and gradients', () => {
    for (const advantages of [[1], [-1], [0]]) {
      for (const ratio of [-2000, -50, 50, 2000]) {
        const inputs = { logprobs: f64([[-1 + ratio, -1]]), oldLogprobs: f64([[-1, -1]]), advantages }
        const numbers = [...loss(inputs).losses.data, ...gradientOf(loss, inputs).data]
        expect([name, ratio, numbers.every(Number.isFinite)]).toEqual([name, ratio, true])
      }
    }
  })

  it('rows without tokens, and no tokens at all', () => {
    const inputs = { logprobs: f64([[-1], [-1]]), advantages: [1, 1], mask: [[0], [0]] }
    const { losses, metrics } = loss(inputs)
    expect(losses.data.every((value) => value === 0)).toBe(true)
    for (const metric of Object.values<Tensor>(metrics)) expect(metric.item()).toBe(0)
  })

  it('weights multiply, and advantages are a number a sequence or a token', () => {
    const inputs = { logprobs: f64([[-1, -2]]), oldLogprobs: f64([[-1.1, -2.3]]), advantages: [1] }
    const plain = loss(inputs).losses.data
    expectClose(loss({ ...inputs, weights: [[2, 0.5]] }).losses, [2 * plain[0]!, 0.5 * plain[1]!])
    expectClose(loss({ ...inputs, advantages: [[1, 1]] }).losses, Array.from(plain))
  })

  it('where infinite log-probabilities meet what they cannot, an error names them', () => {
    const inputs = { logprobs: f64([[-inf]]), oldLogprobs: f64([[-inf]]), advantages: [0] }
    expect(() => loss(inputs)).toThrow(/loss 0 is ∞ − ∞ or 0·∞.* logprobs and oldLogprobs/)
    expect(() => loss(inputs)).toThrow(LossError)
  })
})

describe.each(scored)('%s, a score function', (_name, loss) => {
  it('on the policy that drew the tokens, the gradient is −A', () => {
    const logprobs = f64([
      [-1, -2],
      [-3, -0.1],
    ])
    expectClose(gradientOf(loss, { logprobs, advantages: [2, -0.5] }), [-2, -2, 0.5, 0.5])
  })
})
