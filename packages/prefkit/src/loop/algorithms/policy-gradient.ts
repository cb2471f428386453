import { completionDatum, type Datum, type DatumOutputs, type PolicyBackend } from '@prefkit/lm'
import { grpoLoss } from '@prefkit/losses'
import type { AdvantageEstimator, RewardPart } from '../choices/advantage-estimator'
import { groupRelative } from '../choices/advantage-estimators'
import { comparablePlaces, groupsOfSize } from '../rewards/comparable-rollouts'
import type { ScoredRollout } from '../rewards/reward-function'
import { stepSeed, type Timed } from '../rollouts/collect-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import { type RolloutCorrectionOptions, trustRollouts } from '../rollouts/trust-rollouts'
import type { StepMetrics } from '../step-record'
import { type PolicyDatumInputs, type PolicyLoss, policyUpdateLoss } from '../updates/policy-update-loss'
import { tokenDraws } from '../updates/token-draws'
import type { TokenReduction } from '../updates/token-reductions'
import { updateModel } from '../updates/update-model'
import { type AlgorithmOptions, learningRateAt } from './algorithm'
import { withEntropy } from './ppo-losses'

/** How a policy learns from responses that were scored. The defaults are GRPO's as TRL has it, but for the `correction`. */
export interface PolicyGradientOptions {
  /** What learns. */
  readonly policy: PolicyBackend
  /** Where responses come from. Default: the policy. */
  readonly rollouts?: RolloutSource
  /** How responses are drawn. */
  readonly sampling?: Sampling
  /** Against other engines' rollouts. Default: the ratio of each token truncated at 3; TRL 1.16.0 has `sequence_mask`. */
  readonly correction?: RolloutCorrectionOptions
  /** How much better than expected each token is. Default: the deviation from the mean of the group, over its deviation. */
  readonly advantages?: AdvantageEstimator
  /** Default: `grpoLoss`. */
  readonly loss?: PolicyLoss
  /** Default: `token-mean`. */
  readonly reduction?: TokenReduction
  /** β ≥ 0. Default: 0. */
  readonly klWeight?: number
  /** Whether β·KL is added to the loss of each token, or taken off its reward. Default: `loss`. */
  readonly klIn?: 'loss' | 'reward'
  /**
   * True multiplies the KL in the loss by π/π_old, which makes its gradient that of KL(π ‖ π_ref); without, it is that of
   * KL(π_ref ‖ π). Default: true.
   */
  readonly klCorrection?: boolean
  /** True to log the divergence from the reference also where β is 0: a pass more. Default: false. */
  readonly measureKl?: boolean
  /** False not to log `entropy`, which takes a pass over the vocabulary for each token learnt from. Default: true. */
  readonly measureEntropy?: boolean
  /**
   * True learns nothing from responses that were cut off; they still count as members of their groups, and in means over responses.
   * Default: false.
   */
  readonly maskTruncated?: boolean
  /** Passes over the responses of a step. Default: 1. */
  readonly epochs?: number
  /** Updates of a pass. Default: 1. */
  readonly minibatches?: number
}

/** What is learnt from in a step. */
export interface PolicyGradientStep {
  /** Those of one prompt one after the other. Those without a reward are not learnt from, nor one that is then left alone. */
  readonly rollouts: readonly ScoredRollout[]
  /** Responses of each prompt. */
  readonly groupSize: number
  /** By which they were scored. */
  readonly rewards: readonly RewardPart[]
  /** Counted from 0. */
  readonly step: number
  readonly time: Timed
}

const standardLoss: PolicyLoss = { loss: (inputs) => grpoLoss(inputs) }

const datumOf = ({ prompt, tokens }: ScoredRollout, inputs?: PolicyDatumInputs): Datum =>
  completionDatum(prompt.tokens, tokens, inputs && { ...inputs })

const logProbsOf = (outputs: readonly DatumOutputs[]): Float32Array[] =>
  outputs.map(({ logProbs }) => logProbs)

/**
 * Makes what was better more probable. To be made once a run, as its loss is compiled once.
 * @returns a function that learns from the responses of a step, and gives the metrics of the update: `loss`, `grad_norm`,
 *   `learning_rate`, `entropy` of the policy in nats a token, those of the loss and of other engines' rollouts, `kl` where it is
 *   measured; `learning_rate` alone where there is nothing to learn from.
 */
export function policyGradient(
  options: PolicyGradientOptions & Pick<AlgorithmOptions, 'learningRate' | 'seed' | 'signal'>,
): (step: PolicyGradientStep) => Promise<StepMetrics> {
  const { policy, seed = 0, signal, epochs = 1, minibatches = 1, maskTruncated = false } = options
  const { klWeight = 0, klIn = 'loss', measureKl = false, reduction = 'token-mean' } = options
  const { rollouts: source = policyRollouts(policy), advantages: estimate = groupRelative() } = options
  const { loss: policyLoss = standardLoss, correction = {}, sampling = {} } = options
  const { maxNewTokens = 64, temperature = 1 } = sampling
  const inLoss = klIn === 'loss' ? klWeight : 0
  const objective = { policyLoss, reduction, klWeight: inLoss, klCorrection: options.klCorrection }
  const surrogate = policyUpdateLoss({ ...objective, maxNewTokens })
  const { measureEntropy = true } = options
  const loss = measureEntropy ? withEntropy(surrogate, 'entropy') : surrogate
  const groupSize = policyLoss.comparesBatch ? ('batch' as const) : 1

  return async ({ rollouts: drawn, groupSize: samples, rewards, step, time }) => {
    const learningRate = learningRateAt(options.learningRate, step)
    const all = groupsOfSize(drawn.length, samples)
    const places = comparablePlaces(all, (i) => !Number.isNaN(drawn[i]!.reward))
    const [rollouts, groups] = [places.map((i) => drawn[i]!), places.map((i) => all[i]!)]
    if (rollouts.length === 0) return { learning_rate: learningRate }

    // Of π_old, once the responses are learnt from more than once; of π_ref, where the policy is held near it.
    const data = rollouts.map((rollout) => datumOf(rollout))
    const changes = epochs * minibatches > 1 || klIn === 'reward'
    const { oldLogProbs, weights, metrics } = await time('learn', () =>
      trustRollouts({ policy, source, sampling, rollouts, data, changes, correction }),
    )
    const refLogProbs =
      klWeight > 0 || measureKl
        ? await time('learn', async () =>
            logProbsOf(await policy.forward(data, { reference: true, temperature })),
          )
        : undefined

    const penalty =
      klIn === 'reward' && refLogProbs ? { klWeight, oldLogProbs: oldLogProbs!, refLogProbs } : {}
    const advantages = estimate({ rollouts, groups, rewards, ...penalty })
    const draws = policyLoss.draws ? tokenDraws(advantages, stepSeed(seed, step)) : undefined
    const isLearnt = ({ finishReason }: ScoredRollout) => !maskTruncated || finishReason !== 'length'
    const rowShare = rollouts.filter(isLearnt).length / rollouts.length
    const batch = rollouts.map((rollout, i) =>
      datumOf(rollout, {
        advantages: advantages[i]!,
        ...(oldLogProbs && { oldLogprobs: oldLogProbs[i]! }),
        ...(refLogProbs && { refLogprobs: refLogProbs[i]! }),
        ...(weights && { weights: weights[i]! }),
        ...(draws && { draws: draws[i]! }),
        ...(maskTruncated && { rowShare }),
      }),
    )
    const learnable = batch.filter((_, i) => isLearnt(rollouts[i]!))
    const how = { loss, temperature, learningRate, epochs, minibatches, groupSize, step, seed, signal }
    const learnt = await time('learn', () => updateModel(policy, learnable, how))
    return { ...metrics, ...learnt, learning_rate: learningRate }
  }
}
