import type { Judge, ScoringJudge } from '@prefkit/judges'
import type { ScoreFormat } from '@prefkit/rubrics'
import type { PairwiseScorer, PointwiseScorer } from '../../../rewards/scorers'
import type { RewardConfig } from '../../config/sections/rewards'

/** A judge as a run names it. */
export type JudgeNaming = Pick<
  Extract<RewardConfig, { type: 'judge' }>,
  'judge' | 'baseUrl' | 'apiKeyEnv' | 'concurrency' | 'votes' | 'maxTokens' | 'timeout' | 'retries'
>

/** What rewards of a run are made of: opened when a reward needs it, and once. */
export interface RewardScope {
  /** Where a setting stands, for messages, such as `run.yaml:12: policy.rewards[1]`. */
  readonly placeOf: (path: readonly PropertyKey[]) => string
  /** The run's reward model, as one that compares. */
  readonly pairwise: () => Promise<PairwiseScorer>
  /** The same as one that scores single responses. */
  readonly pointwise: () => Promise<PointwiseScorer>
  readonly pairJudge: (naming: JudgeNaming) => Promise<Judge>
  /** One that rates. */
  readonly scoringJudge: (naming: JudgeNaming) => Promise<ScoringJudge>
  /** One that is asked in a form of its own, such as for scores of criteria. */
  readonly askedJudge: (naming: JudgeNaming, format: ScoreFormat) => Promise<ScoringJudge>
  /** The pointwise judge that this run has trained, or one that is saved. */
  readonly trainedJudge: (options: {
    readonly path?: string | undefined
    readonly rollouts: number
  }) => Promise<PointwiseScorer>
}
