export {
  type BestOfNCurve,
  type BestOfNInput,
  type BestOfNPoint,
  bestOfN,
  bestOfNKlUpperBound,
  bestOfNValue,
  type PromptScores,
} from './best-of-n'
export {
  type BestOfNByPermutationOptions,
  bestOfNByPermutation,
  type PermutedPoint,
} from './best-of-n-by-permutation'
export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './bootstrap-interval'
export { type BrierDecomposition, brierDecomposition, brierScore } from './brier-score'
export { type ComparisonCalibration, calibrateComparisons } from './calibrate-comparisons'
export { pearson, spearman } from './correlation'
export { countOrderings, kendallTau, type Orderings } from './count-orderings'
export { EvalsError, type EvalsErrorCode } from './evals-error'
export {
  type ComparisonReport,
  type EvaluateComparisonsInput,
  evaluateComparisons,
  type SourceResult,
} from './evaluate-comparisons'
export { fitTemperature, type TemperatureFit } from './fit-temperature'
export type { Labels } from './group-by'
export { fitIsotonic, type IsotonicFunction, type IsotonicPoints, isotonicValue } from './isotonic-regression'
export { type LengthBias, type LengthBiasInput, lengthBias, type PartAccuracy } from './length-bias'
export { type MeanInterval, meanInterval } from './mean-interval'
export { normalQuantile } from './normal-quantile'
export { type OrderConsistency, type OrderConsistencyOptions, orderConsistency } from './order-consistency'
export {
  type PairwiseAccuracy,
  type PairwiseAccuracyOptions,
  pairwiseAccuracy,
  type TieRule,
} from './pairwise-accuracy'
export {
  type LogisticRegressionFit,
  type LogisticRegressionInput,
  type LogisticRegressionOptions,
  logisticRegression,
} from './regression/logistic-regression'
export { type BinningOptions, type Reliability, type ReliabilityBin, reliability } from './reliability'
export { type Interval, wilsonInterval } from './wilson-interval'
export { comparisonLogLoss, winProbability } from './win-probability'
