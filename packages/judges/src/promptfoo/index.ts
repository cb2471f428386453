export {
  type PromptfooAssertionOptions,
  type PromptfooContext,
  type PromptfooGradingResult,
  promptfooAssertion,
} from './promptfoo-assertion'
