export type { IterationRecord } from './boosting/boost'
export type { CustomMetric, CustomMetricValue } from './boosting/custom-metric'
export type { BestIteration } from './boosting/early-stopping'
export type { Matrix } from './data/matrix'
export type { Features, PreferencePairs, TrainingData } from './data/training-data'
export { addTreeToScores } from './model/add-tree'
export type { BoostedTrees } from './model/boosted-trees'
export {
  type FeatureImportanceOptions,
  featureImportance,
  type ImportanceType,
} from './model/feature-importance'
export type { IterationOptions } from './model/iteration-range'
export { outputTransform, type RowTransform } from './model/output-transforms'
export { type PredictionType, type PredictOptions, predict } from './model/predict'
export { readModel } from './model/read-model'
export type { LinearLeaves, Tree } from './model/tree'
export { type WriteModelOptions, writeModel } from './model/write-model'
export type { CustomData, CustomObjective } from './objectives/custom-objective'
export { checkParameters } from './parameters/check-parameters'
export type { ObjectiveName } from './parameters/names'
export type { BoostingName, ParameterOptions, Parameters, SampleStrategyName } from './parameters/parameters'
export { type BoostingSettings, boostTrees, trainBoostedTrees } from './train-boosted-trees'
export { TreesError, type TreesErrorCode } from './trees-error'
