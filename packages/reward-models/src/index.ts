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
export { createScorer, type RewardModel, type ScoreOptions, type Scorer, scoreFeatures } from './reward-model'
export { RewardModelError, type RewardModelErrorCode } from './reward-model-error'
