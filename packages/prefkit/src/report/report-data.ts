import type { BestOfNCurve, Interval, LengthBias, Reliability } from '@prefkit/evals'

/** The bounds of an interval; its coverage is 95 % unless `confidence` says otherwise. */
export type Bounds = Pick<Interval, 'low' | 'high'> & Partial<Pick<Interval, 'confidence'>>

/** What the models learned from, or were tested on. */
export interface ReportDataset {
  name: string
  /** Comparisons used. */
  pairs: number
  /** What holds comparisons together and is kept on one side of a split: prompts, debates. */
  groups?: number
  /** What a group is, in the plural: "debates", "prompts". Default "groups". */
  groupName?: string
  /** How the comparisons were split or folded, in a sentence. */
  split?: string
  /** Licence, such as "CC BY 4.0". */
  licence?: string
  /** The attribution owed, printed as it is. */
  attribution?: string
}

/** What ties a part of the report to a dataset; leave it out where there is only one. */
interface OfDataset {
  dataset?: string
}

/** One row of the table of models. */
export interface ModelResult extends OfDataset {
  name: string
  /** Baselines are drawn apart, and the summary says how far above them the models are. Default "model". */
  kind?: 'model' | 'baseline'
  /** Share of test comparisons decided as people did, in [0, 1]. */
  accuracy: number
  interval?: Bounds
  /** Test comparisons. */
  pairs: number
  /** Mean −log win probability of the chosen response, in nats. */
  logLoss?: number
  /** Expected calibration error, in [0, 1]. */
  calibrationError?: number
  trainingSeconds?: number
}

/** How one model learned, a point an epoch (or evaluation). */
export interface LearningCurve extends OfDataset {
  model: string
  points: readonly {
    /** Epoch or step, as `stepName` says. */
    step: number
    trainLoss?: number
    validationLoss?: number
    /** In [0, 1]. */
    validationAccuracy?: number
  }[]
  /** "epoch" (default) or "step". */
  stepName?: string
  /** The step whose weights were kept. */
  bestStep?: number
}

/** A model's reliability diagram, as `calibrateComparisons` gives it. */
export interface ReliabilityDiagram extends OfDataset {
  model: string
  bins: Reliability['bins']
}

/** A model's best-of-n curve, as `bestOfN` gives it. */
export interface BestOfNResult extends OfDataset {
  model: string
  curve: BestOfNCurve
}

/** Chosen score − rejected score of each test comparison. */
export interface MarginSample extends OfDataset {
  model: string
  margins: readonly number[]
}

/** A model's accuracy in one group (topic, source). */
export interface GroupAccuracy extends OfDataset {
  model: string
  group: string
  pairs: number
  accuracy: number
  interval?: Bounds
}

/** How a model relates to length, as `lengthBias` gives it. */
export interface LengthResult extends OfDataset {
  model: string
  length: LengthBias
}

/** A comparison that a model got wrong. Texts are escaped and cut when long. */
export interface Mistake extends OfDataset {
  model: string
  prompt?: string
  chosen: string
  rejected: string
  chosenScore: number
  rejectedScore: number
  /** How many annotators preferred each side; `equal` for those who saw no difference. */
  votes?: { chosen: number; rejected: number; equal?: number }
}

/** What ran where, so that it can be run again. */
export interface ReportEnvironment {
  /** Name and value: backend, versions, seed, machine. */
  facts: Readonly<Record<string, string | number>>
  /** Shell commands that make this run again, in order. */
  commands?: readonly string[]
}

/** Everything a report can show. Only the title is required; a part without data is left out. */
export interface RewardReportData {
  title: string
  /** One sentence under the title: what was trained on what. */
  subtitle?: string
  /** Printed as it is. The clock is never read, so equal data make an equal report. */
  createdAt?: string
  /** Who decided the comparisons, in the plural; simulated labels should say so. Default "people". */
  annotators?: string
  datasets?: readonly ReportDataset[]
  models?: readonly ModelResult[]
  learningCurves?: readonly LearningCurve[]
  reliability?: readonly ReliabilityDiagram[]
  bestOfN?: readonly BestOfNResult[]
  /** What the golden score of `bestOfN` is. Default "golden score". */
  goldenName?: string
  margins?: readonly MarginSample[]
  groupAccuracy?: readonly GroupAccuracy[]
  /** What `groupAccuracy` groups by, in the singular. Default "group". */
  groupName?: string
  length?: readonly LengthResult[]
  mistakes?: readonly Mistake[]
  /** True puts the mistakes' texts behind a warning. Default true. */
  mayOffend?: boolean
  environment?: ReportEnvironment
  /** The resolved configuration, shown as JSON. */
  config?: unknown
}
