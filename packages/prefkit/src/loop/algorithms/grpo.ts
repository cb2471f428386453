import type { LoopPrompt } from '../prompts/prompt'
import { groupMetrics } from '../rewards/group-metrics'
import type { RewardFunction } from '../rewards/reward-function'
import { requireRewards } from '../rewards/score-rollouts'
import { collectInformative, type DynamicSampling } from '../rollouts/collect-informative'
import { collectRollouts } from '../rollouts/collect-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { Algorithm, AlgorithmOptions } from './algorithm'
import { type PolicyGradientOptions, policyGradient } from './policy-gradient'
import { requireLoop, requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link grpo}. Its defaults are GRPO's as TRL has it, but for the `correction`. */
export interface GrpoOptions extends AlgorithmOptions, PolicyGradientOptions {
  /** What is responded to: drawn from in an order of its own each epoch. */
  readonly prompts: readonly LoopPrompt[]
  /** What responses are rewarded for: at least one. */
  readonly rewards: readonly RewardFunction[]
  /** Prompts of a step. */
  readonly promptsPerStep: number
  /** Responses of each prompt: a group. */
  readonly samplesPerPrompt: number
  /** Learns from groups whose rewards differ, and draws others in the place of the rest: DAPO's. Default: from all that were drawn. */
  readonly dynamicSampling?: DynamicSampling
}

/**
 * Policy gradients without a value model: each step draws a group of responses to each of its prompts, compares them with
 * each other, and makes what was better more probable. With the defaults it is GRPO (2402.03300); another estimator, loss and reduction
 * make it Dr. GRPO, DAPO, GSPO, RLOO, REINFORCE++ and others, see `policyGradientPresets`.
 *
 * It logs, under TRL's names, rewards and lengths of the responses, `frac_reward_zero_std` (the share of groups that teach nothing,
 * as all their rewards are equal), `loss`, `grad_norm`, `learning_rate`, `entropy` (of the policy, in nats a token), the metrics of the
 * loss, and `kl` to the reference where it is measured.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy and the reward functions throw.
 */
export async function* grpo(options: GrpoOptions): Algorithm {
  const { policy, prompts, rewards, promptsPerStep, samplesPerPrompt, steps, resume, signal } = options
  const { seed = 0, epochs = 1, minibatches = 1, klWeight = 0, sampling = {}, dynamicSampling } = options
  const { rollouts: source = policyRollouts(policy) } = options
  requireRewards(rewards)
  requireLoop('grpo', options, { ...{ samplesPerPrompt, epochs, minibatches, klWeight } })
  requireNumbers('grpo: dynamicSampling', { rounds: dynamicSampling?.rounds ?? 1 })
  const learn = policyGradient(options)
  if (resume) await policy.restore(resume.trainings.policy!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const counts = { promptsPerStep, samplesPerPrompt }
    const drawing = { source, prompts, rewards, ...counts, sampling, step, seed, signal }
    const { rollouts, metrics } = dynamicSampling
      ? await collectInformative(drawing, dynamicSampling, time)
      : await collectRollouts(drawing, time)
    const learnt = await learn({ rollouts, groupSize: samplesPerPrompt, rewards, step, time })
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...(dynamicSampling ? {} : groupMetrics(rollouts, samplesPerPrompt)),
        ...metrics,
        ...learnt,
      },
      seconds,
      rollouts,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() } }),
    }
  }
}
