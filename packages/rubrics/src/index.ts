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
export type { Conversation, PromptMessage } from './prompt-message'
