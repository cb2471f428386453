import type { PolicyBackend } from '@prefkit/lm'
import { type PreferenceLoss, preferenceLossOf } from '../choices/preference-losses'
import type { LoopPrompt } from '../prompts/prompt'
import { groupMetrics } from '../rewards/group-metrics'
import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'
import { requireRewards } from '../rewards/score-rollouts'
import { collectRollouts } from '../rollouts/collect-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import { preferenceUpdateLoss } from '../updates/preference-update-loss'
import { updateModel } from '../updates/update-model'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import { type AlignmentPair, pairBatch, requirePairedLoss } from './preferences-batch'
import { requireLoop } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link onlinePreferences}. */
export interface OnlinePreferencesOptions extends AlgorithmOptions {
  /** What learns. */
  readonly policy: PolicyBackend
  /** What is responded to: drawn from in an order of its own each epoch. */
  readonly prompts: readonly LoopPrompt[]
  /** What says which response is better: `winRateReward` of a model of pairs, or any others. */
  readonly rewards: readonly RewardFunction[]
  /** Where responses come from. Default: the policy. */
  readonly rollouts?: RolloutSource
  /** One of pairs. Default: `dpoLoss`. IPO online is its `ipo` with `convention: 'openrlhf'`. */
  readonly loss?: PreferenceLoss
  /** Prompts of a step. */
  readonly promptsPerStep: number
  /** Responses of each prompt, at least 2: the best and the worst are learnt from. Default: 2. */
  readonly samplesPerPrompt?: number
  /** How responses are drawn. */
  readonly sampling?: Sampling
}

/** The best response of a group, and the worst; none where all are equally good, as they say nothing of each other. */
interface Extremes {
  readonly best: ScoredRollout
  readonly worst: ScoredRollout
}

/** Of equals the first is taken, and none that has no reward. */
function extremesOf(all: readonly ScoredRollout[]): Extremes[] {
  const group = all.filter(({ reward }) => !Number.isNaN(reward))
  if (group.length === 0) return []
  const best = group.reduce((most, each) => (each.reward > most.reward ? each : most))
  const worst = group.reduce((least, each) => (each.reward < least.reward ? each : least))
  return best.reward > worst.reward ? [{ best, worst }] : []
}

const pairOf = ({ best, worst }: Extremes): AlignmentPair => ({
  ...{ prompt: best.prompt, chosen: best, rejected: worst },
  rewardMargin: best.reward - worst.reward,
})

/**
 * Online direct alignment (2402.04792): each step draws responses to each of its prompts, and learns from the best and the worst of
 * each as a pair, by one update. With the defaults it is online DPO; other losses of pairs make it IPO, SimPO, REBEL and others. The
 * reference is the policy as it was before it trained; REBEL's is the policy that drew.
 *
 * It logs, under TRL's names, rewards and lengths of the responses, `frac_reward_zero_std` (the share of prompts that make no pair, as
 * all their rewards are equal), `loss`, `grad_norm`, `learning_rate`, and what the loss has, such as `rewards/margins`; of a step
 * without pairs neither `loss` nor what goes with it.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy and the reward functions throw.
 */
export async function* onlinePreferences(options: OnlinePreferencesOptions): Algorithm {
  const { policy, prompts, rewards, promptsPerStep, steps, resume, signal, sampling = {}, seed = 0 } = options
  const { rollouts: source = policyRollouts(policy), samplesPerPrompt = 2 } = options
  requireRewards(rewards)
  requireLoop('onlinePreferences', options, { comparedSamples: samplesPerPrompt })
  const given = options.loss ?? preferenceLossOf({ name: 'dpoLoss' })
  const loss = requirePairedLoss('onlinePreferences', given)
  const update = preferenceUpdateLoss(loss)
  const groupSize = loss.comparesBatch ? ('batch' as const) : 2
  if (resume) await policy.restore(resume.trainings.policy!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const counts = { promptsPerStep, samplesPerPrompt }
    const drawing = { source, prompts, rewards, ...counts, sampling, step, seed, signal }
    const { rollouts, metrics } = await collectRollouts(drawing, time)
    const groups = Array.from({ length: promptsPerStep }, (_, group) =>
      rollouts.slice(group * samplesPerPrompt, (group + 1) * samplesPerPrompt),
    )
    const extremes = groups.flatMap(extremesOf)
    const learningRate = learningRateAt(options.learningRate, step)
    const learnt = await time('learn', async () => {
      if (extremes.length === 0) return {}
      // Other engines' log-probabilities are not the policy's.
      const logProbs = source.isPolicy
        ? extremes.flatMap(({ best, worst }) => [best.logProbs, worst.logProbs])
        : undefined
      const data = await pairBatch(policy, loss, extremes.map(pairOf), { logProbs })
      const how = { loss: update, learningRate, epochs: 1, minibatches: 1, groupSize, step, seed, signal }
      return updateModel(policy, data, how)
    })
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...metrics,
        ...groupMetrics(rollouts, samplesPerPrompt),
        ...learnt,
        learning_rate: learningRate,
      },
      seconds,
      rollouts,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() } }),
    }
  }
}
