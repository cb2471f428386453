const MARKER = Symbol.for('prefkit.evals.error')

/** Why an evaluation refused its input. */
export type EvalsErrorCode =
  | 'EMPTY'
  | 'LENGTH_MISMATCH'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  /** An argument of another kind than a function takes, such as none for a list. */
  | 'INVALID_INPUT'
  /** A feature splits the labels without error, so that no finite coefficients are best. */
  | 'SEPARABLE'
  /** A feature follows from others, so that many coefficients are best. */
  | 'COLLINEAR'
  /** A solver stopped short of its tolerance. */
  | 'NOT_CONVERGED'
  /** A row of a benchmark lacks a field, or has one of another kind. */
  | 'INVALID_ROW'
  /** What was judged does not fit the rows of a benchmark. */
  | 'INVALID_OUTCOME'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what
 * was expected.
 */
export class EvalsError extends Error {
  override readonly name = 'EvalsError'
  readonly code: EvalsErrorCode
  /** The argument at fault, as the caller spells it. */
  readonly parameter: string
  readonly [MARKER] = true

  constructor(code: EvalsErrorCode, parameter: string, message: string) {
    super(message)
    this.code = code
    this.parameter = parameter
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is EvalsError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
