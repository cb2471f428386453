import type { Comparison } from '@prefkit/datasets'
import type { Embedder } from '@prefkit/reward-models/embedders'
import type { ReportDataset } from '../../report/report-data'

/** A bundled data set, ready to be learned from and tested on. */
export interface DemoDataset {
  /** What the report says of it. */
  readonly about: Omit<ReportDataset, 'pairs' | 'groups'>
  readonly comparisons: readonly Comparison[]
  /** Knows the vector of every response. */
  readonly embedder: Embedder
  /** What is left out together. */
  readonly groupOf: (comparison: Comparison) => string
  /** How many folds the groups are dealt to. */
  readonly folds: number
  /** Responses with a golden score, by what they are responses to; for best-of-n. */
  readonly golden?: readonly GoldenChoice[]
  readonly goldenName?: string
}

/** The responses to one prompt, and how good people found each. */
export interface GoldenChoice {
  readonly prompt: string
  readonly responses: readonly string[]
  readonly golden: readonly number[]
  /** The comparisons about them, as `groupOf` names them. */
  readonly group: string
}
