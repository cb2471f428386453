export type {
  InstructionRow,
  InstructionVerdict,
} from '../benchmarks/ifeval/check-instruction'
export type { DetectLanguage } from '../benchmarks/ifeval/detect-language'
export {
  type IfEvalOptions,
  type IfEvalReport,
  type IfEvalRow,
  type IfEvalTask,
  type InstructionPart,
  ifeval,
  type PromptToAnswer,
  type StrictAndLoose,
} from '../benchmarks/ifeval/ifeval'
export type { InstructionId } from '../benchmarks/ifeval/instructions/table'
export { splitSentences } from '../benchmarks/ifeval/punkt/split-sentences'
export { tokenizeWords } from '../benchmarks/ifeval/text/tokenize-words'
export { EvalsError, type EvalsErrorCode } from '../evals-error'
