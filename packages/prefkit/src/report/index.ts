export { type FromComparisonReportOptions, fromComparisonReport } from './from-comparison-report'
export { renderRewardReport } from './render-reward-report'
export type {
  BestOfNResult,
  Bounds,
  GroupAccuracy,
  LearningCurve,
  LengthResult,
  MarginSample,
  Mistake,
  ModelResult,
  ReliabilityDiagram,
  ReportDataset,
  ReportEnvironment,
  RewardReportData,
} from './report-data'
export { summarySentences } from './summary-sentences'
