import type { TrainingState } from '@prefkit/lm'
import type { ScoredRollout } from '../rewards/reward-function'
import type { StepMetrics } from '../step-record'

/** Where an algorithm stands after a step: all that the next ones depend on beside its options. */
export interface AlgorithmState {
  /** Steps that were made. */
  readonly step: number
  /** Where training stands, of each model by its part in the algorithm, such as `policy` and `critic`. */
  readonly trainings: Readonly<Record<string, TrainingState>>
  /** What else goes on from step to step, such as an adaptive coefficient: JSON. */
  readonly data?: unknown
}

/** What an algorithm tells after each of its steps. */
export interface AlgorithmStep {
  /** Counted from 1. */
  readonly step: number
  readonly totalSteps: number
  /** Under TRL's names. */
  readonly metrics: StepMetrics
  /** Seconds of the parts of the step, such as `generate`, `score` and `learn`. */
  readonly seconds: Readonly<Record<string, number>>
  /** What was drawn and scored, where anything was. */
  readonly rollouts?: readonly ScoredRollout[]
  /** A copy of where it stands, to be asked for before the next step is. */
  state(): Promise<AlgorithmState>
}

/** A training algorithm: it goes on as it is asked for its next step. What it gives at the end is in the models that it trained. */
export type Algorithm = AsyncGenerator<AlgorithmStep, void, void>

/** What all algorithms are told. */
export interface AlgorithmOptions {
  /** Steps to make, in all. */
  readonly steps: number
  /** The step size, or that of each step, counted from 0. */
  readonly learningRate: number | ((step: number) => number)
  /** Decides the order of the data and what is drawn: a whole number from 0 to 2³³ − 1. Default: 0. */
  readonly seed?: number
  /** Goes on from there, as if it had never stopped. */
  readonly resume?: AlgorithmState | undefined
  /** Stops it within a step, which is then lost; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** The step size of a step. */
export const learningRateAt = (learningRate: AlgorithmOptions['learningRate'], step: number): number =>
  typeof learningRate === 'number' ? learningRate : learningRate(step)
