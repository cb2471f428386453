export type { CallOptions, ChatCompletion, ChatModel, ChatRequest } from './chat-model'
export type { Judge, PairJudgement, Provenance, Reading, ScoreJudgement, ScoringJudge } from './judge'
export { JudgeError, type JudgeErrorCode } from './judge-error'
export type {
  LogprobProvenance,
  LogprobProvider,
  NextTokenAnswer,
  NextTokenRequest,
} from './logprob-provider'
export type { Usage } from './usage'
