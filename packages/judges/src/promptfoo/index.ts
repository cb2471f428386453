export type { GradeOptions } from '../adapters/grade-output'
export type { Scale } from '../adapters/scale'
export {
  type PromptfooAssertionOptions,
  type PromptfooContext,
  type PromptfooGradingResult,
  promptfooAssertion,
} from './promptfoo-assertion'
