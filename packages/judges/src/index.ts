export { type AnswerCache, memoryCache } from './batch/answer-cache'
export type { BatchOptions } from './batch/batch-options'
export { type CachedOptions, cachedLogprobs, cachedModel } from './batch/cached-model'
export { type CacheFault, type DiskCacheOptions, diskCache } from './batch/disk-cache'
export type { ItemFailure } from './batch/item-failure'
export { checkAll, type Judged, judgeAll, rankAll, scoreAll } from './batch/judge-all'
export type { BatchProgress } from './batch/progress'
export { readJournal, type SavedBatch } from './batch/read-journal'
export { type BatchItem, type BatchOutcome, type BatchTask, runBatch } from './batch/run-batch'
export { type CalibratedJudgeOptions, calibratedJudge } from './calibration/calibrated-judge'
export {
  type Calibrate,
  type Calibration,
  type IsotonicCalibration,
  readCalibration,
  type TemperatureCalibration,
} from './calibration/calibration'
export {
  type FitCalibrationOptions,
  type FittedCalibration,
  fitCalibration,
} from './calibration/fit-calibration'
export type { HeldOutOptions } from './calibration/held-out-folds'
export type { JudgedPair, PairLabel } from './calibration/pair-label'
export type { PredictionScores } from './calibration/prediction-scores'
export type { CallOptions, ChatCompletion, ChatModel, ChatRequest } from './chat-model'
export type {
  Judge,
  PairJudgement,
  ProbabilityBounds,
  Provenance,
  Reading,
  ScoreJudgement,
  ScoringJudge,
} from './judge'
export { JudgeError, type JudgeErrorCode } from './judge-error'
export { type AbstentionOptions, abstainBelow, abstainingJudge } from './judging/abstaining-judge'
export type { VotingOptions } from './judging/ask-votes'
export {
  type ChecklistJudge,
  type ChecklistJudgement,
  type ChecklistJudgeOptions,
  type ChecklistReading,
  checklistJudge,
} from './judging/checklist-judge'
export { type CombinedOrders, combineOrders, type OrderedReading, verdictOf } from './judging/combine-orders'
export type { ScoreComparisonOptions } from './judging/compare-scores'
export { type ConclusionOptions, concludeReadings } from './judging/conclude-readings'
export { countReadings, type ReadingCounts } from './judging/count-readings'
export {
  type FunctionJudgeOptions,
  type FunctionOpinion,
  functionJudge,
  type JudgePair,
} from './judging/function-judge'
export { type GenerativeJudgeOptions, generativeJudge } from './judging/generative-judge'
export {
  type AskHuman,
  type HumanAnswer,
  type HumanJudgeOptions,
  type HumanQuestion,
  humanJudge,
} from './judging/human-judge'
export {
  type ListJudgement,
  type ListReading,
  type ListwiseJudgeOptions,
  listwiseJudge,
  type RankingJudge,
} from './judging/listwise-judge'
export { type LogprobJudgeOptions, logprobJudge } from './judging/logprob-judge'
export { type PointwiseJudgeOptions, pointwiseJudge, type ScoreAggregation } from './judging/pointwise-judge'
export {
  type RankingMethod,
  type RankResponsesOptions,
  type ResponseRanking,
  rankResponses,
} from './judging/rank-responses'
export {
  type RewardModelJudgeOptions,
  rewardModelJudge,
  type ScoreResponses,
} from './judging/reward-model-judge'
export type { Orders } from './judging/show-pair'
export { type TerminalAsker, type TerminalAskerOptions, terminalAsker } from './judging/terminal-asker'
export type { WrappedJudge } from './judging/wrap-judge'
export type {
  LogprobProvenance,
  LogprobProvider,
  NextTokenAnswer,
  NextTokenRequest,
} from './logprob-provider'
export { type AdaptiveLimit, adaptiveLimit, type LimitPlace } from './models/adaptive-limit'
export { type Connection as ServerConnection, connect as connectServer } from './models/connection'
export { type LlamaCppLogprobsOptions, llamaCppLogprobs } from './models/llama-cpp-logprobs'
export {
  type LocalCompletion,
  type LocalLanguageModel,
  localChatModel,
  localLogprobs,
} from './models/local-model'
export { ollamaLogprobs } from './models/ollama-logprobs'
export { type OpenaiChatModelOptions, openaiChatModel } from './models/openai-chat-model'
export { type ChatLogprobsOptions, openaiLogprobs } from './models/openai-logprobs'
export {
  type LogprobCapabilities,
  type ProbeAttempt,
  type ProbedLogprobs,
  type ProbeLogprobsOptions,
  probeLogprobs,
  type ServerProgram,
} from './models/probe-logprobs'
export { type Redactor, redactor } from './models/redact'
export type { ServerCall } from './models/request-setup'
export { type SampledVotesOptions, sampledVotes } from './models/sampled-votes'
export type { ServerOptions } from './models/server-options'
export { type SglangLogprobsOptions, sglangLogprobs } from './models/sglang-logprobs'
export { type VllmLogprobsOptions, vllmLogprobs } from './models/vllm-logprobs'
export type { PanelJudgement, PanelMember } from './panels/conclude-panel'
export {
  type FitPanelWeightsOptions,
  type FittedPanelWeights,
  fitPanelWeights,
} from './panels/fit-panel-weights'
export {
  type PanelJudge,
  type PanelJudgeOptions,
  type PanelWeights,
  panelJudge,
} from './panels/panel-judge'
export { type CallCounts, costOf, noUsage, type Prices, sumUsages, type Usage } from './usage'
