import { completionDatum, type Datum, type DatumOutputs, type PolicyBackend } from '@prefkit/lm'
import { grpoLoss } from '@prefkit/losses'
import type { AdvantageEstimator } from '../choices/advantage-estimator'
import { groupRelative } from '../choices/advantage-estimators'
import type { LoopPrompt } from '../prompts/prompt'
import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'
import { requireRewards } from '../rewards/score-rollouts'
import { collectRollouts } from '../rollouts/collect-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import { type RolloutCorrectionOptions, trustRollouts } from '../rollouts/trust-rollouts'
import { type PolicyDatumInputs, type PolicyLoss, policyUpdateLoss } from '../updates/policy-update-loss'
import type { TokenReduction } from '../updates/token-reductions'
import { updateModel } from '../updates/update-model'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import { groupMetrics } from './group-metrics'
import { requireLoop } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link grpo}. Its defaults are GRPO's as TRL has it. */
export interface GrpoOptions extends AlgorithmOptions {
  readonly policy: PolicyBackend
  readonly prompts: readonly LoopPrompt[]
  readonly rewards: readonly RewardFunction[]
  /** Where responses come from. Default: the policy. */
  readonly rollouts?: RolloutSource
  /** Against other engines' rollouts. Default: ratios truncated at 3. */
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
  /** True to log the divergence from the reference also where β is 0: a pass more. Default: false. */
  readonly measureKl?: boolean
  readonly promptsPerStep: number
  /** Responses of each prompt: a group. */
  readonly samplesPerPrompt: number
  readonly sampling?: Sampling
  /** Passes over the responses of a step. Default: 1. */
  readonly epochs?: number
  /** Updates of a pass. Default: 1. */
  readonly minibatches?: number
}

const standardLoss: PolicyLoss = { loss: (inputs) => grpoLoss(inputs) }

const datumOf = ({ prompt, tokens }: ScoredRollout, inputs?: PolicyDatumInputs): Datum =>
  completionDatum(prompt.tokens, tokens, inputs && { ...inputs })

const logProbsOf = (outputs: readonly DatumOutputs[]): Float32Array[] =>
  outputs.map(({ logProbs }) => logProbs)

/**
 * Policy gradients without a value model: each step draws a group of responses to each of its prompts, compares them with
 * each other, and makes what was better more probable. With the defaults it is GRPO (2402.03300); another estimator, loss and reduction
 * make it Dr. GRPO, DAPO, GSPO, RLOO, REINFORCE++ and others, see `policyGradientPresets`.
 *
 * It logs, under TRL's names, rewards and lengths of the responses, `frac_reward_zero_std` (the share of groups that teach nothing,
 * as all their rewards are equal), `loss`, `grad_norm`, `learning_rate`, the metrics of the loss, and `kl` to the reference where it is
 * measured.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy and the reward functions throw.
 */
export async function* grpo(options: GrpoOptions): Algorithm {
  const { policy, prompts, rewards, promptsPerStep, samplesPerPrompt, steps, resume, signal } = options
  const { seed = 0, epochs = 1, minibatches = 1, klWeight = 0, klIn = 'loss', sampling = {} } = options
  const { rollouts: source = policyRollouts(policy), advantages: estimate = groupRelative() } = options
  const { loss: policyLoss = standardLoss, reduction = 'token-mean', measureKl = false } = options
  requireRewards(rewards)
  requireLoop('grpo', options, { ...{ samplesPerPrompt, epochs, minibatches, klWeight } })
  const loss = policyUpdateLoss({
    ...{ policyLoss, reduction, maxNewTokens: sampling.maxNewTokens ?? 64 },
    klWeight: klIn === 'loss' ? klWeight : 0,
  })
  if (resume) await policy.restore(resume.trainings.policy!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const drawing = {
      source,
      prompts,
      rewards,
      promptsPerStep,
      samplesPerPrompt,
      sampling,
      step,
      seed,
      signal,
    }
    const { rollouts, metrics } = await collectRollouts(drawing, time)

    // Of π_old, once the responses are learnt from more than once; of π_ref, where the policy is held near it.
    const data = rollouts.map((rollout) => datumOf(rollout))
    const changes = epochs * minibatches > 1 || klIn === 'reward'
    const { oldLogProbs, weights, ...trust } = await time('learn', () =>
      trustRollouts({ policy, source, rollouts, data, changes, correction: options.correction ?? {} }),
    )
    const refLogProbs =
      klWeight > 0 || measureKl
        ? await time('learn', async () => logProbsOf(await policy.forward(data, { reference: true })))
        : undefined

    const penalty =
      klIn === 'reward' && refLogProbs ? { klWeight, oldLogProbs: oldLogProbs!, refLogProbs } : {}
    const advantages = estimate({ rollouts, groupSize: samplesPerPrompt, rewards, ...penalty })
    const batch = rollouts.map((rollout, i) =>
      datumOf(rollout, {
        advantages: advantages[i]!,
        ...(oldLogProbs && { oldLogprobs: oldLogProbs[i]! }),
        ...(refLogProbs && { refLogprobs: refLogProbs[i]! }),
        ...(weights && { weights: weights[i]! }),
      }),
    )
    const learningRate = learningRateAt(options.learningRate, step)
    const learnt = await time('learn', () =>
      updateModel(policy, batch, { loss, learningRate, epochs, minibatches, step, seed, signal }),
    )
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...metrics,
        ...groupMetrics(rollouts, samplesPerPrompt),
        ...trust.metrics,
        ...learnt,
        learning_rate: learningRate,
      },
      seconds,
      rollouts,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() } }),
    }
  }
}
