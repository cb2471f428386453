export type {
  ChecklistAnswer,
  CriterionScore,
  GeneratedCriterion,
  ListAnswer,
  PairAnswer,
  ScoreAnswer,
} from './answers'
export { escapeControlTokens } from './containment/escape-control-tokens'
export { type Fence, fence } from './containment/fence'
export { type TaskFamilyName, taskFamilies } from './families/task-families'
export type { TaskFamily } from './families/task-family'
export { type ChecklistFormatOptions, checklistFormat, checklistTemplate } from './formats/checklist-format'
export type { FormatOptions, ReferenceUse } from './formats/format-options'
export { type ListwiseFormatOptions, listwiseFormat, listwiseTemplate } from './formats/listwise-format'
export {
  defaultRule,
  type PairFormatOptions,
  type PairLabels,
  type PairTemplate,
} from './formats/pair-prompt'
export {
  labelTemplate,
  type PairwiseLabelFormatOptions,
  pairwiseLabelFormat,
} from './formats/pairwise-label-format'
export {
  type PairwiseReasoningFormatOptions,
  pairwiseReasoningFormat,
  reasoningTemplate,
} from './formats/pairwise-reasoning-format'
export { pairwiseYesNoFormat, yesNoTemplate, yesNoTokens } from './formats/pairwise-yes-no-format'
export {
  type GeneratedCriteria,
  type PointwiseFormatOptions,
  pointwiseFormat,
  pointwiseTemplate,
} from './formats/pointwise-format'
export { type RatingFormatOptions, ratingFormat, ratingTemplate } from './formats/rating-format'
export { rlhflowFormat } from './formats/rlhflow-format'
export type { ChecklistItem, ListItem, PairItem, ResponseItem } from './items'
export type {
  AnswerTokens,
  ChecklistFormat,
  JudgeFormat,
  ListFormat,
  PairFormat,
  ParseContext,
  ScoreFormat,
} from './judge-format'
export type { AmbiguousParse, ExactParse, MissingParse, Parsed, RecoveredParse } from './parsed'
export { type ChecklistOptions, parseChecklist } from './parsing/parse-checklist'
export { type JsonScoreOptions, parseJsonScore } from './parsing/parse-json-score'
export { parseLlmbarVerdict } from './parsing/parse-llmbar-verdict'
export { type PreferenceLabels, type PreferenceOptions, parsePreference } from './parsing/parse-preference'
export { parseRanking, type RankingOptions } from './parsing/parse-ranking'
export { parseRubricList, type RubricListOptions } from './parsing/parse-rubric-list'
export { parseTaggedScore, type TaggedScoreOptions } from './parsing/parse-tagged-score'
export { parseYesNo } from './parsing/parse-yes-no'
export type { ScoreScale } from './parsing/read-score'
export type { Conversation, PromptMessage } from './prompt-message'
export {
  type AggregateCriteriaOptions,
  aggregateCriteria,
  type CriteriaAggregate,
} from './rewards/aggregate-criteria'
export { filterByMargin, type MarginFilterOptions, type MarginScores } from './rewards/filter-by-margin'
export { type FormatRewards, formatReward } from './rewards/format-reward'
export type { PairMetrics } from './rewards/pair-metrics'
export {
  type PairRewards,
  type PairRewardsOptions,
  type PairRollouts,
  pairRewards,
  type ResponseRollouts,
} from './rewards/pair-rewards'
export { parseRubrics } from './rubric/parse-rubrics'
export { renderRubric, renderRubrics } from './rubric/render-rubric'
export type { Anchor, Rubric, RubricSet, Scale } from './rubric/rubric'
export { rubricSchema } from './rubric/rubric-schema'
export { type ResponseCheck, runChecks } from './rubric/run-checks'
export { RubricError, type RubricErrorCode } from './rubric-error'
export { fillTemplate } from './templates/fill-template'
export { type SlotsOf, type Template, type TemplateWith, template } from './templates/template'
