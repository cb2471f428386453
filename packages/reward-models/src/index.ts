export type { CommonOptions, Objective } from './common-options'
export { crossValidate, type Fold, type FoldResult, groupFolds } from './cross-validate'
export { type StoppingRule, stoppingRules } from './early-stopping'
export { describeFeatures } from './features/describe-features'
export { type FeaturePart, featurePartNames } from './features/feature-parts'
export type { FeatureSpec } from './features/feature-spec'
export { featurize, type PromptedResponse } from './features/featurize'
export { type ComparisonFeatures, pairsFromComparisons, questionOf } from './features/pairs-from-comparisons'
export { surfaceFeatureNames, surfaceFeatures } from './features/surface-features'
export {
  type FitSettings,
  fitRewardModel,
  type TrainingProgress,
  type TrainingState,
  trainRewardModel,
} from './fit-reward-model'
export { holdOut } from './hold-out'
export type { MemberProgress } from './kinds/learner'
export type { Matrix } from './matrix'
export type { MlpMemberState } from './mlp/mlp-learner'
export type { MlpOptions } from './mlp/mlp-options'
export {
  type BatchMetrics,
  createNetwork,
  type Network,
  type Optimization,
  type Params,
  type StepSeed,
} from './mlp/network'
export {
  defaultRewardModelOptions,
  defaultTreesOptions,
  type ModelKind,
  type RewardModelOptions,
  type RewardModelSettings,
  resolveOptions,
  type TreesSettings,
} from './options'
export { checkPairData, mirrorPairs, type PairData, takePairs } from './pair-data'
export { type RewardModelPreset, rewardModelPresets } from './presets'
export { createScorer, type RewardModel, type ScoreOptions, type Scorer, scoreFeatures } from './reward-model'
export { RewardModelError, type RewardModelErrorCode } from './reward-model-error'
export type { TrainingRecord } from './training-record'
export type { TreesMember, TreesMemberState } from './trees/trees-learner'
export type { TreeParameters, TreesOptions } from './trees/trees-options'
