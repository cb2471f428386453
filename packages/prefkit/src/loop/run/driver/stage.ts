import type { WorkOptions } from '../../../reward/progress'
import type { Algorithm, AlgorithmState, AlgorithmStep } from '../../algorithms/algorithm'
import type { ScoredRollout } from '../../rewards/reward-function'

/** What the stage came to: JSON, for the table at the end and the report. */
export type StageSummary = Readonly<Record<string, string | number | boolean | null>>

/** A stage that is done. */
export interface StageResult {
  readonly stage: string
  /** Its directory, with what it has written for the stages after it. */
  readonly path: string
  /** Steps that were made. */
  readonly steps: number
  /** Seconds of all steps, and of their parts, over all sessions. */
  readonly seconds: number
  readonly parts: Readonly<Record<string, number>>
  readonly summary: StageSummary
}

/** What a stage is opened with. */
export interface StageContext extends WorkOptions {
  /** Directory of the stage, which exists. */
  readonly path: string
  /** What the stages before it came to, by their names. */
  readonly results: ReadonlyMap<string, StageResult>
  /** Takes what does not stop the run and should be known. Default: nobody. */
  readonly onWarning?: (message: string) => void
  /** Where a setting stands, for messages. Default: its name. */
  readonly placeOf?: (path: readonly PropertyKey[]) => string
}

/** A response that is evaluated. */
export interface HeldOutRollout extends ScoredRollout {
  /** Σ ln π − ln π_ref over its tokens, in nats. */
  readonly kl?: number
}

/** A step, with responses that are worth keeping whatever the step, such as those of an evaluation. */
export interface StageStep extends AlgorithmStep {
  readonly heldOut?: readonly HeldOutRollout[]
}

/** A stage at work: an algorithm with all that it works on. */
export interface OpenedStage {
  /** Begins, or goes on from a state. Called once. */
  steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> | Algorithm
  /** Writes what it came to into the stage's directory; a kill in the middle has it called again. */
  finish(): Promise<StageSummary>
  /** Frees models. Called whatever happens. */
  release(): Promise<void>
}

/** A part of a run: what it needs, it takes from its settings and from the directories of the stages before it. */
export interface Stage {
  /** Under which its records are logged and its results are kept; one of each name in a run. */
  readonly name: string
  open(context: StageContext): Promise<OpenedStage>
}
