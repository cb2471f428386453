import type { Rollout } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'

/** What a reward function gives. */
export interface RewardScores {
  /** One for each rollout, in their order; NaN where it has nothing to say. */
  readonly scores: readonly number[]
  /** What else is worth logging, under `rewards/<name>/…`; such as how many answers could be read. */
  readonly metrics?: StepMetrics
  /** Why the first response without a score has none, in words, such as what could not be read. */
  readonly unscored?: string | undefined
}

/** One part of what a policy is rewarded for. */
export interface RewardFunction {
  /** Under which it is logged: `rewards/<name>/mean`. */
  readonly name: string
  /** Of the sum that is learnt from; 0 only measures, as a golden reward does. Default: 1. */
  readonly weight?: number
  /** Where it comes from, for messages: the place of its settings, such as `run.yaml:12: policy.rewards[1]`, and their type. */
  readonly origin?: { readonly place: string; readonly type: string }
  /** @param options the signal stops what is long. */
  score(rollouts: readonly Rollout[], options?: { readonly signal?: AbortSignal }): Promise<RewardScores>
}

/** A rollout with what it was rewarded with. */
export interface ScoredRollout extends Rollout {
  /** By the name of the reward function, unweighted. */
  readonly rewards: Readonly<Record<string, number>>
  /** Their weighted sum; a part that is NaN is left out. NaN where all are: nothing is learnt from it. */
  readonly reward: number
}
