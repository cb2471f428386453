export { readRunConfig } from './config/read-run-config'
export type { RunConfig, RunSettings } from './config/run-config'
export { type DriveOptions, driveRun } from './driver/drive-run'
export type { RunEvent, RunListener, SampleRow, StepTiming } from './driver/run-event'
export type {
  OpenedStage,
  Stage,
  StageContext,
  StageResult,
  StageStep,
  StageSummary,
} from './driver/stage'
export { measureSpeeds, type Speeds } from './plan/measure-speeds'
export { planRun, type RunPlan, type StagePlan } from './plan/plan-run'
export type { DataFacts, RunFacts } from './plan/run-facts'
export type { StageWork } from './plan/stage-work'
export { type LoopRun, type ResumeLoopOptions, type RunLoopOptions, resumeLoop, runLoop } from './run-loop'
export { runStages } from './run-stages'
