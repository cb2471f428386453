export { type StoppingRule, stoppingRules } from './early-stopping'
export {
  type FitSettings,
  fitRewardModel,
  type MemberState,
  type TrainingProgress,
  type TrainingRecord,
  type TrainingState,
  trainRewardModel,
} from './fit-reward-model'
export { holdOut } from './hold-out'
export type { Matrix } from './matrix'
export {
  type BatchMetrics,
  createNetwork,
  type Network,
  type Optimization,
  type Params,
  type StepSeed,
} from './network'
export {
  defaultRewardModelOptions,
  type Objective,
  type RewardModelOptions,
  type RewardModelPreset,
  resolveOptions,
  rewardModelPresets,
} from './options'
export { checkPairData, mirrorPairs, type PairData, takePairs } from './pair-data'
export { type RewardModel, type ScoreOptions, scoreFeatures } from './reward-model'
export { RewardModelError, type RewardModelErrorCode } from './reward-model-error'
