import { conversationOf, textOf } from '../adapters/conversation-of'
import { type GradeOptions, gradeOptionNames, graderOf } from '../adapters/grade-output'
import type { Judge } from '../judge'

/** What autoevals, Braintrust and Evalite pass to a scorer. */
export interface AutoevalsArgs {
  /** What was asked: a text, a list of messages, or any JSON. Default: nothing. */
  readonly input?: unknown
  /** A text, or any JSON. */
  readonly output: unknown
  /** As `output`. */
  readonly expected?: unknown
}

/** autoevals' `Score`. */
export interface AutoevalsScore {
  name: string
  /** In [0, 1]; null where the judge has no answer, which frameworks leave out of the mean. */
  score: number | null
  metadata: { rationale: string; provenance: string }
}

/** What a scorer is called, and how it grades. */
export interface AutoevalsScorerOptions extends GradeOptions {
  /** Default: the judge's name. */
  readonly name?: string
}

/**
 * A judge as an autoevals `Scorer`. Throws `JudgeError` for options that are none; the scorer throws it where there is
 * neither an expected output nor a `scale`.
 */
export function autoevalsScorer(judge: Judge, options: AutoevalsScorerOptions = {}) {
  const grade = graderOf('autoevalsScorer', judge, options, { ...gradeOptionNames, name: true })
  const { name = judge.name } = options
  return async ({ input, output, expected }: AutoevalsArgs): Promise<AutoevalsScore> => {
    const asked = { prompt: conversationOf(input), output: textOf(output) ?? '', expected: textOf(expected) }
    const { score = null, reason, provenance } = await grade(asked)
    return { name, score, metadata: { rationale: reason, provenance } }
  }
}
