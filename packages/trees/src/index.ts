export type { Matrix } from './data/matrix'
export type { Features } from './data/training-data'
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
export { TreesError, type TreesErrorCode } from './trees-error'
