import type { Judge, ScoringJudge } from '@prefkit/judges'
import type { PairwiseScorer, PointwiseScorer } from '../../../rewards/scorers'
import type { RewardConfig } from '../../config/sections/rewards'

/** A judge as a run names it. */
export type JudgeNaming = Pick<
  Extract<RewardConfig, { type: 'judge' }>,
  'judge' | 'baseUrl' | 'apiKeyEnv' | 'concurrency' | 'votes'
>

/** What a judge goes by that is shown rubrics. */
export type RubricNaming = JudgeNaming & Partial<Extract<RewardConfig, { type: 'rubric' }>>

/** What rewards of a run are made of: opened when a reward needs it, and once. */
export interface RewardScope {
  /** The run's reward model, as one that compares. */
  readonly pairwise: () => Promise<PairwiseScorer>
  /** The same as one that scores single responses. */
  readonly pointwise: () => Promise<PointwiseScorer>
  readonly pairJudge: (naming: JudgeNaming) => Promise<Judge>
  /** By rubrics, where `type` says so; a plain rating otherwise. */
  readonly scoringJudge: (
    naming: RubricNaming | Extract<RewardConfig, { type: 'judge' }>,
  ) => Promise<ScoringJudge>
  /** The pointwise judge that this run has trained, or one that is saved. */
  readonly trainedJudge: (options: {
    readonly path?: string | undefined
    readonly rollouts: number
  }) => Promise<PointwiseScorer>
}
