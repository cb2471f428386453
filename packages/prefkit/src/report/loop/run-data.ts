import type { Alert } from '../../loop/monitors/monitor'
import type { RunConfig } from '../../loop/run/config/run-config'
import type { SampleRow, StepTiming } from '../../loop/run/driver/run-event'
import type { StageResult } from '../../loop/run/driver/stage'
import { plannedStages } from '../../loop/run/stage-sections'
import type { StepRecord } from '../../loop/step-record'

/** All that a run has left on disk, and a report is made from. */
export interface RunData {
  /** What it is called among others. */
  readonly name: string
  /** Its directory. */
  readonly path: string
  /** Everything that decides what it comes to: the tree of its configuration. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What ran it: versions, backend, fingerprints of models. */
  readonly facts: Readonly<Record<string, string | number>>
  /** Lines of `metrics.jsonl`, `timings.jsonl`, `samples.jsonl` and `alerts.jsonl`. */
  readonly records: readonly StepRecord[]
  readonly timings: readonly StepTiming[]
  readonly samples: readonly SampleRow[]
  readonly alerts: readonly Alert[]
  /** Stages that are done, in their order. */
  readonly results: readonly StageResult[]
}

/** The names of stages that have records or results, in the order of the run. */
export const stageNames = ({ records, results }: Pick<RunData, 'records' | 'results'>): string[] => {
  const done = results.map(({ stage }) => stage)
  return [...new Set([...done, ...records.map(({ stage }) => stage)])]
}

/** The records of a stage. */
export const recordsOf = ({ records }: Pick<RunData, 'records'>, stage: string): StepRecord[] =>
  records.filter((record) => record.stage === stage)

const notDone = (names: readonly string[], { results }: Pick<RunData, 'results'>): string | undefined => {
  const done = new Set(results.map(({ stage }) => stage))
  return names.find((name) => !done.has(name))
}

/** The first stage that has begun and is not done. */
export const stageAtWork = (run: Pick<RunData, 'records' | 'results'>): string | undefined =>
  notDone(stageNames(run), run)

/** The first stage that is not done, of those that have begun and those that the settings ask for; undefined where all are. */
export const unfinishedStage = (run: Pick<RunData, 'settings' | 'records' | 'results'>): string | undefined =>
  // Settings of a run were checked when it began.
  stageAtWork(run) ?? notDone(plannedStages(run.settings as unknown as RunConfig), run)

/** Comparisons that are held out, of all that the run has; undefined where it has none. */
export function heldOutPairs(results: readonly StageResult[]): number | undefined {
  const count = results.find(({ stage }) => stage === 'comparisons')?.summary.heldOut
  return typeof count === 'number' ? count : undefined
}

/** The number that says how well a stage's model decides comparisons that are held out, by the stages that have one. */
export const heldOutAccuracies = {
  reward_model: 'eval_accuracy',
  judge: 'eval_rewards/accuracies',
} as const

const titles: Readonly<Record<string, string>> = {
  sft: 'Fine-tuning',
  comparisons: 'Comparisons',
  reward_model: 'Reward model',
  anchors: 'Anchors',
  judge: 'Judge',
  judge_sft: 'Judge: its form',
  policy: 'Policy',
  evaluation: 'Before and after',
}

/** What people call a stage. */
export const stageTitle = (stage: string): string => {
  const words = stage.replaceAll('_', ' ')
  return titles[stage] ?? words.slice(0, 1).toUpperCase() + words.slice(1)
}
