export type { ChecklistAnswer, CriterionScore, ListAnswer, PairAnswer, ScoreAnswer } from './answers'
export type { ChecklistItem, ListItem, PairItem, ResponseItem } from './items'
export type {
  AnswerTokens,
  ChecklistFormat,
  JudgeFormat,
  ListFormat,
  PairFormat,
  ScoreFormat,
} from './judge-format'
export type { AmbiguousParse, ExactParse, MissingParse, Parsed, RecoveredParse } from './parsed'
export { type ChecklistOptions, parseChecklist } from './parsing/parse-checklist'
export { type JsonScoreOptions, parseJsonScore } from './parsing/parse-json-score'
export { parseLlmbarVerdict } from './parsing/parse-llmbar-verdict'
export { type PreferenceLabels, type PreferenceOptions, parsePreference } from './parsing/parse-preference'
export { parseRanking, type RankingOptions } from './parsing/parse-ranking'
export { type GeneratedCriterion, parseRubricList, type RubricListOptions } from './parsing/parse-rubric-list'
export { parseTaggedScore, type TaggedScoreOptions } from './parsing/parse-tagged-score'
export { parseYesNo } from './parsing/parse-yes-no'
export type { ScoreScale } from './parsing/read-score'
export type { Conversation, PromptMessage } from './prompt-message'
