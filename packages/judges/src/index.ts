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
export type { VotingOptions } from './judging/ask-votes'
export { type CombinedOrders, combineOrders, type OrderedReading } from './judging/combine-orders'
export type { ScoreComparisonOptions } from './judging/compare-scores'
export { type ConclusionOptions, concludeReadings } from './judging/conclude-readings'
export { type GenerativeJudgeOptions, generativeJudge } from './judging/generative-judge'
export { type LogprobJudgeOptions, logprobJudge } from './judging/logprob-judge'
export { type PointwiseJudgeOptions, pointwiseJudge, type ScoreAggregation } from './judging/pointwise-judge'
export type { Orders } from './judging/show-pair'
export { noUsage, sumUsages } from './judging/sum-usages'
export type {
  LogprobProvenance,
  LogprobProvider,
  NextTokenAnswer,
  NextTokenRequest,
} from './logprob-provider'
export type { Usage } from './usage'
