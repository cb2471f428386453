import { itemsOfStep } from '../prompts/items-of-step'
import type { LoopPrompt } from '../prompts/prompt'
import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'
import { scoreRollouts } from '../rewards/score-rollouts'
import type { StepMetrics } from '../step-record'
import { completionMetrics } from './completion-metrics'
import type { RolloutSource, Sampling } from './rollout'

/** What a step draws, and how it is scored. */
export interface CollectOptions {
  readonly source: RolloutSource
  readonly prompts: readonly LoopPrompt[]
  readonly rewards: readonly RewardFunction[]
  readonly promptsPerStep: number
  readonly samplesPerPrompt: number
  readonly sampling: Sampling
  /** Counted from 0. */
  readonly step: number
  readonly seed: number
  /** Whether the policy has learnt nothing since the source drew last. Default: false. */
  readonly sameWeights?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Does a part of a step, and measures how long it takes. */
export type Timed = <T>(part: string, work: () => Promise<T>) => Promise<T>

/** What was drawn and scored in a step, one prompt after the other. */
export interface Collected {
  readonly rollouts: readonly ScoredRollout[]
  readonly metrics: StepMetrics
}

/** Seeds of steps, apart from those of other seeds for a million steps: safe integers for seeds below 2³³. */
export const stepSeed = (seed: number, step: number): number => seed * 2 ** 20 + step

/** Draws responses to the prompts of a step, and scores them. */
export async function collectRollouts(options: CollectOptions, time: Timed): Promise<Collected> {
  const { source, rewards, promptsPerStep, samplesPerPrompt: n, sampling, step, seed, signal } = options
  const { sameWeights } = options
  const prompts = itemsOfStep(options.prompts, step, { count: promptsPerStep, seed })
  const drawn = await time('generate', () =>
    source.draw({ prompts, n, sampling, seed: stepSeed(seed, step), sameWeights, signal }),
  )
  const { rollouts, metrics } = await time('score', () => scoreRollouts(rewards, drawn, signal))
  return { rollouts, metrics: { ...metrics, ...completionMetrics(rollouts) } }
}
