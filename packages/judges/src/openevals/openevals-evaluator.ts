import { conversationOf, isConversation, textOf } from '../adapters/conversation-of'
import { type GradeOptions, gradeOptionNames, graderOf, type Output } from '../adapters/grade-output'
import type { Judge } from '../judge'
import { JudgeError } from '../judge-error'

/** What openevals and LangSmith pass to an evaluator. */
export interface OpenevalsParams {
  /** What was asked: a text, a list of messages, or any JSON. Default: nothing. */
  readonly inputs?: unknown
  /** A text, any JSON, or a conversation: its last message is graded, and what comes before was asked. */
  readonly outputs: unknown
  /** The expected output: a text, or any JSON. */
  readonly reference_outputs?: unknown
  /** The same under the name that openevals uses at run time. */
  readonly referenceOutputs?: unknown
  /** What else frameworks pass is left alone. */
  readonly [key: string]: unknown
}

/** openevals' `EvaluatorResult`. */
export interface OpenevalsResult {
  key: string
  /** In [0, 1]. */
  score: number
  comment: string
  metadata: { provenance: string }
}

/** What an evaluator is called, and how it grades. */
export interface OpenevalsEvaluatorOptions extends GradeOptions {
  /** Default: the judge's name. */
  readonly key?: string
}

function outputOf({ inputs, outputs, referenceOutputs, reference_outputs }: OpenevalsParams): Output {
  const expected = textOf(referenceOutputs ?? reference_outputs)
  if (!isConversation(outputs)) {
    return { prompt: conversationOf(inputs), output: textOf(outputs) ?? '', expected }
  }
  const asked = inputs === undefined ? [] : conversationOf(inputs)
  const before = typeof asked === 'string' ? [{ role: 'user' as const, content: asked }] : asked
  return { prompt: [...before, ...outputs.slice(0, -1)], output: outputs.at(-1)?.content ?? '', expected }
}

/**
 * A judge as an openevals evaluator. Throws `JudgeError` for options that are none; the evaluator throws it where
 * there is neither an expected output nor a `scale`, and `NO_ANSWER` where the judge has no answer, which has no place
 * in a result.
 */
export function openevalsEvaluator(judge: Judge, options: OpenevalsEvaluatorOptions = {}) {
  const grade = graderOf('openevalsEvaluator', judge, options, { ...gradeOptionNames, key: true })
  const { key = judge.name } = options
  return async (params: OpenevalsParams): Promise<OpenevalsResult> => {
    const { score, reason, provenance } = await grade(outputOf(params))
    if (score === undefined) throw new JudgeError('NO_ANSWER', 'outputs', `openevalsEvaluator: ${reason}`)
    return { key, score, comment: reason, metadata: { provenance } }
  }
}
