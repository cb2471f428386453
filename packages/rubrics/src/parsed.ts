/** The answer stands where and as it was asked for. */
export interface ExactParse<Answer> {
  readonly status: 'exact'
  readonly value: Answer
}

/** The text has one answer, but not where or as it was asked for. */
export interface RecoveredParse<Answer> {
  readonly status: 'recovered'
  readonly value: Answer
  /** What was amiss, such as `the closing tag </answer> is missing`; never empty. */
  readonly repairs: readonly string[]
  /**
   * The parts that were asked for and are not there, such as the tag `answer` around the score, or `evaluation`; absent
   * where all are.
   */
  readonly lacking?: readonly string[]
}

/** The text has answers that contradict each other. */
export interface AmbiguousParse<Answer> {
  readonly status: 'ambiguous'
  readonly candidates: readonly Answer[]
  readonly reason: string
}

/** The text has no answer. */
export interface MissingParse {
  readonly status: 'missing'
  readonly reason: string
  /**
   * `absent`: nothing stands where an answer should. `invalid`: what stands there is no answer, such as a score outside
   * the scale. `cut-off`: the text ends before the answer.
   */
  readonly cause?: 'absent' | 'invalid' | 'cut-off'
}

/**
 * What a judge's text says, and how surely: only `exact` and `recovered` have a value, so that a guess cannot be taken
 * for an answer.
 */
export type Parsed<Answer> =
  | ExactParse<Answer>
  | RecoveredParse<Answer>
  | AmbiguousParse<Answer>
  | MissingParse

/** The same parse of another kind of answer. */
export function mapParsed<From, To>(parsed: Parsed<From>, to: (answer: From) => To): Parsed<To> {
  if (parsed.status === 'missing') return parsed
  if (parsed.status === 'ambiguous') return { ...parsed, candidates: parsed.candidates.map(to) }
  return { ...parsed, value: to(parsed.value) }
}
