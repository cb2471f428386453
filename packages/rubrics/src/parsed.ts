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
