import { conversationOfJson, textOf } from '../adapters/conversation-of'
import { type Grade, type GradeOptions, gradeOptionNames, graderOf } from '../adapters/grade-output'
import { checkRange } from '../check-options'
import type { Judge } from '../judge'
import { JudgeError } from '../judge-error'

/** The part that is used of what promptfoo passes to an assertion. */
export interface PromptfooContext {
  /** The rendered prompt; a list of chat messages is JSON. */
  readonly prompt: string | undefined
  readonly vars: Readonly<Record<string, unknown>>
}

/** promptfoo's `GradingResult`. */
export interface PromptfooGradingResult {
  pass: boolean
  /** In [0, 1]. */
  score: number
  reason: string
  tokensUsed: { total: number; prompt: number; completion: number; cached: number; numRequests: number }
  metadata: { judge: string; provenance: string }
}

/** What an output is held against, and what passes. */
export interface PromptfooAssertionOptions extends GradeOptions {
  /** The least score that passes, in [0, 1]. Default: 0.5. */
  readonly threshold?: number
  /** The expected output of a test. Default: its variable `expected`. */
  readonly expected?: (context: PromptfooContext) => unknown
}

function tokensUsed({ usage }: Grade): PromptfooGradingResult['tokensUsed'] {
  const { promptTokens, completionTokens, calls } = usage
  const total = promptTokens + completionTokens
  return { total, prompt: promptTokens, completion: completionTokens, cached: 0, numRequests: calls }
}

/**
 * A judge as promptfoo's assertion of type `javascript`. Throws `JudgeError` for options that are none; the assertion
 * throws it for a test without expected output, where there is no `scale`, and `NO_ANSWER` where the judge has no
 * answer: promptfoo makes a failure of what is thrown, also where the assertion is negated, as `not-javascript`.
 */
export function promptfooAssertion(judge: Judge, options: PromptfooAssertionOptions = {}) {
  const names = { ...gradeOptionNames, threshold: true, expected: true } as const
  const grade = graderOf('promptfooAssertion', judge, options, names)
  const { threshold = 0.5, expected = ({ vars }) => vars.expected } = options
  checkRange('threshold', threshold, 0, 1)
  return async (output: string, context: PromptfooContext): Promise<PromptfooGradingResult> => {
    const prompt = conversationOfJson(context.prompt ?? '')
    const graded = await grade({ prompt, output, expected: textOf(expected(context)) })
    const { score, reason, provenance } = graded
    if (score === undefined) throw new JudgeError('NO_ANSWER', 'output', `promptfooAssertion: ${reason}`)
    const metadata = { judge: judge.name, provenance }
    return { pass: score >= threshold, score, reason, tokensUsed: tokensUsed(graded), metadata }
  }
}
