export * as advantages from '@prefkit/advantages'
export * as datasets from '@prefkit/datasets'
export * as evals from '@prefkit/evals'
export * as expressions from '@prefkit/expressions'
export * as judges from '@prefkit/judges'
export * as lm from '@prefkit/lm'
export * as lmFiles from '@prefkit/lm/files'
export * as losses from '@prefkit/losses'
export * as nn from '@prefkit/nn'
export * as noise from '@prefkit/noise'
export * as rewardModels from '@prefkit/reward-models'
export * as embedders from '@prefkit/reward-models/embedders'
export * as modelFiles from '@prefkit/reward-models/files'
export * as rubrics from '@prefkit/rubrics'
export * as tensor from '@prefkit/tensor'
export * as trees from '@prefkit/trees'
export type { BenchmarkConfig, BenchmarkRunConfig } from './benchmark/benchmark-config'
export type { BenchmarkName } from './benchmark/benchmark-names'
export { type BenchmarkEvaluation, evaluateOutcomes } from './benchmark/evaluate-benchmark'
export type { FailureReasons } from './benchmark/failure-reasons'
export type { ItemReading, ItemResult, ItemVote } from './benchmark/item-result'
export type { BenchmarkItem, ItemLabel, TaskKind } from './benchmark/open-benchmark'
export {
  type DetectLanguage,
  type PlannedBenchmark,
  type PlanOptions,
  planBenchmark,
} from './benchmark/plan-benchmark'
export type { OutcomeOptions } from './benchmark/read-outcomes'
export { type BenchmarkRun, resumeBenchmark, runBenchmark } from './benchmark/run-benchmark'
export type { HowToRun } from './judge/how-to-run'
export type {
  JudgeConfig,
  ListAsking,
  PairAsking,
  Sampling,
  ScoreAsking,
  ServerConfig,
} from './judge/judge-config'
export {
  type JudgedPairOutcome,
  type JudgePairsConfig,
  type JudgePairsRun,
  judgePairs,
  resumeJudgingPairs,
} from './judge/judge-pairs'
export {
  type JudgedRow,
  type JudgeResponsesConfig,
  type JudgeResponsesRun,
  judgeResponses,
  type ResponseCommand,
  resumeJudgingResponses,
} from './judge/judge-responses'
export {
  type IdentifiedPair,
  type JudgedComparisons,
  type JudgedComparisonsOptions,
  judgedComparisons,
} from './judge/judged-comparisons'
export { type JudgeMetaEvaluation, type MetaEvaluateOptions, metaEvaluateJudge } from './judge/meta-evaluate'
export type { ChanceCorrected, HumanVote, JudgeAgreement } from './judge/meta-evaluate-chance'
export { type JudgedPair, judgeRecords } from './judge/meta-evaluate-records'
export { type PairSummary, summarisePairs } from './judge/pair-summary'
export type { PairReading, PairToJudge } from './judge/read-pairs'
export { type ResponseSummary, summariseResponses } from './judge/response-summary'
export type { RowCounts } from './judge/row-counts'
export type { Share } from './judge/share-of'
export type { JudgingOptions } from './judge/with-judges'
export { localJudgeModel, type OpenedJudgeModel, openJudgeModel } from './lm/local-judge-model'
export type { AnnotatorConfig, AnnotatorModel } from './noise/annotator-model'
export type { LabelledPairs, PairList } from './noise/collect-labels'
export type {
  AnnotatorName,
  CalibrationName,
  CrowdModelName,
  DesignName,
  UtilityName,
} from './noise/design-names'
export {
  type AnnotatorEstimate,
  type DifferenceBin,
  type EstimateConfig,
  estimateNoise,
  type NoiseEstimate,
} from './noise/estimate-noise'
export type { FitAbilitiesOptions } from './noise/fit-abilities'
export { type PlanConfig, parsePlanConfig } from './noise/plan-config'
export type { ColumnNames } from './noise/row-fields'
export { type PlanRun, planLabels, resumePlan } from './noise/run-plan'
export type { ScoreTable } from './noise/score-table'
export {
  comparisonRows,
  type SimulateConfig,
  type Simulation,
  type SimulationSummary,
  simulateComparisons,
} from './noise/simulate-comparisons'
export { PrefkitError, type PrefkitErrorCode } from './prefkit-error'
export { type RewardReportData, renderRewardReport } from './report/index'
export { evaluateReward, evaluateScores, type RewardEvaluation } from './reward/evaluate-reward'
export { openModel } from './reward/open-model'
export type { Phase, ProgressEvent, WorkOptions } from './reward/progress'
export type { ResponseRow } from './reward/response-rows'
export { type DataConfig, parseRewardConfig, type RewardConfig } from './reward/reward-config'
export { type ScoredRow, type ScoreResponsesOptions, scoreResponses } from './reward/score-responses'
export { type RewardRun, resumeReward, type TrainRewardOptions, trainReward } from './reward/train-reward'
export { version } from './version'
