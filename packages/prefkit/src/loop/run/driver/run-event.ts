import type { Alert } from '../../monitors/monitor'
import type { ScoredRollout } from '../../rewards/reward-function'
import type { StepRecord } from '../../step-record'
import type { StageResult } from './stage'

/** Seconds of a step: a line of `timings.jsonl`. */
export interface StepTiming {
  readonly stage: string
  readonly step: number
  /** Of the whole step. */
  readonly seconds: number
  /** Of its parts, such as `generate`, `score` and `learn`. */
  readonly parts: Readonly<Record<string, number>>
}

/** A response that is kept to be looked at: a line of `samples.jsonl`. */
export interface SampleRow {
  readonly stage: string
  readonly step: number
  /** Whether the prompt is one that is learnt from. */
  readonly split: 'train' | 'held-out'
  readonly promptId: string
  readonly prompt: string
  readonly response: string
  /** What it was to beat. */
  readonly anchor?: string
  /** The weighted sum; null where nothing gave a score. */
  readonly reward: number | null
  /** By the names of the reward functions; null where one gave no score. */
  readonly rewards: Readonly<Record<string, number | null>>
  /** Of a response that is evaluated: Σ ln π − ln π_ref over its tokens, in nats. */
  readonly kl?: number
}

/** What happens in a run, as it happens: for progress, live pages and tests. */
export type RunEvent =
  | { readonly kind: 'run-start'; readonly path: string; readonly stages: readonly string[] }
  /** A stage that an earlier session has finished. */
  | { readonly kind: 'stage-skip'; readonly result: StageResult }
  /** @param step steps that were made before: above 0 where it goes on from a checkpoint. */
  | { readonly kind: 'stage-start'; readonly stage: string; readonly step: number }
  | {
      readonly kind: 'step'
      readonly record: StepRecord
      readonly totalSteps: number
      readonly timing: StepTiming
      readonly samples: readonly SampleRow[]
      readonly rollouts: readonly ScoredRollout[]
    }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'checkpoint'; readonly stage: string; readonly step: number }
  | { readonly kind: 'stage-end'; readonly result: StageResult }
  /** What does not stop the run, such as a logger's server that does not answer. */
  | { readonly kind: 'warning'; readonly message: string }

/** Told of all events, in order; what it throws stops the run. */
export type RunListener = (event: RunEvent) => void
