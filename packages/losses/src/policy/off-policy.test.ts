import { mul, stopGradient, type Tensor } from '@prefkit/tensor'
import { describe, it } from 'vitest'
import { type Api, describeGoldens } from '../golden-rows'
import goldens from '../goldens/off-policy.json'
import {
  gpgLoss,
  type PolicyInputs,
  type RolloutMaskOptions,
  type RolloutWeightsOptions,
  reinforceLoss,
  rlooLoss,
  toprLoss,
} from '../index'
import { itBeginsAsPolicyGradient, itEqualsOneByOne, itIsDefinedAtExtremes } from './policy-properties'
import { expectClose, f64 } from './testing'

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
  itEqualsOneByOne(loss)
  // −∞·A alone has a limit unless A is 0.
  itIsDefinedAtExtremes(name, loss, 0)

  it('weights multiply, and advantages are a number a sequence or a token', () => {
    const inputs = { logprobs: f64([[-1, -2]]), oldLogprobs: f64([[-1.1, -2.3]]), advantages: [1] }
    const plain = loss(inputs).losses.data
    expectClose(loss({ ...inputs, weights: [[2, 0.5]] }).losses, [2 * plain[0]!, 0.5 * plain[1]!])
    expectClose(loss({ ...inputs, advantages: [[1, 1]] }).losses, Array.from(plain))
  })
})

describe.each(scored)('%s, a score function', (_name, loss) => {
  itBeginsAsPolicyGradient(loss)
})
