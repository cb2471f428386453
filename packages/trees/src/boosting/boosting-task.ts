import type { CheckedData } from '../data/checked-data'
import type { TreeLearner } from '../learner/tree-learner'
import type { BoostedTrees } from '../model/boosted-trees'
import type { Tree } from '../model/tree'
import type { Objective } from '../objectives/objective'
import type { Parameters } from '../parameters/parameters'
import type { MetricValue } from './early-stopping'
import type { Scores } from './scores'

/** Metrics of one data set at its scores. */
export interface EvaluatedSet {
  readonly scores: Scores
  readonly hasMetrics: boolean
  evaluate(): readonly MetricValue[]
}

/** All that boosting works with. */
export interface BoostingTask {
  readonly parameters: Parameters
  readonly data: CheckedData
  readonly objective: Objective
  readonly learner: TreeLearner
  /** Columns that are not trivial. */
  readonly features: number
  readonly training: EvaluatedSet
  readonly validation: readonly EvaluatedSet[]
  readonly continueFrom?: BoostedTrees | undefined
  readonly signal?: AbortSignal | undefined
  readonly onWarning: (message: string) => void
  /** The model of these trees. */
  readonly modelOf: (trees: readonly Tree[]) => BoostedTrees
}
