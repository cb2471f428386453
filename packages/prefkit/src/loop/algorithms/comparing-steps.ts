import type { Datum, LossFunction, PolicyBackend } from '@prefkit/lm'
import type { LoopPrompt } from '../prompts/prompt'
import { groupMetrics } from '../rewards/group-metrics'
import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'
import { rewardMetrics } from '../rewards/score-rollouts'
import { collectRollouts } from '../rollouts/collect-rollouts'
import { completionMetrics } from '../rollouts/completion-metrics'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { updateModel } from '../updates/update-model'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import { stopwatch } from './stopwatch'

/** Options of algorithms that draw responses and compare them. */
export interface ComparingOptions extends AlgorithmOptions {
  /** What learns. */
  readonly policy: PolicyBackend
  /** What is responded to: drawn from in an order of its own each epoch. */
  readonly prompts: readonly LoopPrompt[]
  /** What says which response is better: `winRateReward` of a model of pairs, or any others. */
  readonly rewards: readonly RewardFunction[]
  /** Where responses come from. Default: the policy. */
  readonly rollouts?: RolloutSource
  /** Prompts of a step. */
  readonly promptsPerStep: number
  /** How responses are drawn. */
  readonly sampling?: Sampling
}

/** The responses to a prompt. */
export type RolloutGroup = readonly ScoredRollout[]

/** How a step draws, and what it makes of that. */
export interface ComparingSteps extends Omit<ComparingOptions, 'rollouts'> {
  readonly source: RolloutSource
  /** Responses that the source is asked for, of each prompt. */
  readonly samplesPerPrompt: number
  /** Those of a group that are the policy's own, which alone are told of and logged. Default: all. */
  readonly ownOf?: (group: RolloutGroup) => RolloutGroup
  /** What else is logged. */
  readonly metricsOf?: (groups: readonly RolloutGroup[]) => StepMetrics
  /** Rows to learn from; none where the groups say nothing. */
  readonly dataOf: (groups: readonly RolloutGroup[]) => Promise<readonly Datum[]>
  readonly update: LossFunction
  /** Rows that the update compares. Default: 1. */
  readonly groupSize?: number | 'batch'
  /** At which the update sees log-probabilities. Default: 1. */
  readonly temperature?: number | undefined
}

const summaryOf = (rollouts: readonly ScoredRollout[]): StepMetrics => ({
  ...rewardMetrics(rollouts),
  ...completionMetrics(rollouts),
})

/** What is logged of all responses, with the numbers of the policy's own in the place of theirs. */
function metricsOfOwn(metrics: StepMetrics, all: RolloutGroup, own: RolloutGroup): StepMetrics {
  if (own.length === all.length) return metrics
  const replaced = summaryOf(all)
  const others = Object.entries(metrics).filter(([name]) => !Object.hasOwn(replaced, name))
  return { ...Object.fromEntries(others), ...summaryOf(own) }
}

/** Steps that each draw responses to some prompts, score them, and make one update. The policy's state is all that goes on. */
export async function* comparingSteps(options: ComparingSteps): Algorithm {
  const { policy, source, prompts, rewards, promptsPerStep, samplesPerPrompt, sampling = {} } = options
  const { steps, resume, signal, seed = 0, ownOf = (group) => group, metricsOf, dataOf } = options
  const { update: loss, groupSize, temperature } = options
  if (resume) await policy.restore(resume.trainings.policy!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const counts = { promptsPerStep, samplesPerPrompt }
    const drawing = { source, prompts, rewards, ...counts, sampling, step, seed, signal }
    const { rollouts: all, metrics } = await collectRollouts(drawing, time)
    const size = all.length / promptsPerStep
    const groups = Array.from({ length: promptsPerStep }, (_, group) =>
      all.slice(group * size, (group + 1) * size),
    )
    const rollouts = groups.flatMap(ownOf)
    const learningRate = learningRateAt(options.learningRate, step)
    const learnt = await time('learn', async () => {
      const data = await dataOf(groups)
      if (data.length === 0) return {}
      const how = { loss, learningRate, epochs: 1, minibatches: 1, groupSize, temperature }
      return updateModel(policy, data, { ...how, step, seed, signal })
    })
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...metricsOfOwn(metrics, all, rollouts),
        ...groupMetrics(all, size),
        ...metricsOf?.(groups),
        ...learnt,
        learning_rate: learningRate,
      },
      seconds,
      rollouts,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() } }),
    }
  }
}
