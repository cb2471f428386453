const MARKER = Symbol.for('prefkit.noise.error')

/**
 * Why something was refused. `SHAPE_MISMATCH`: arrays that do not fit together. `NOT_FINITE`: NaN, an infinity or no
 * number where a number was expected. `OUT_OF_RANGE`: a number outside what the docstring says. `INVALID_OPTION`: an
 * unknown option, or a value that it has not. `INVALID_EXPRESSION`: an expression with a mistake in it, whose place
 * the message names. `NOT_MONOTONE`: a correct-label probability that falls as the difference grows. `NOT_CONCAVE`:
 * one that lies below the line between two of its points. `MISSING_CONTEXT`: an annotator that needs what the
 * comparisons do not say, such as lengths. `UNREACHABLE`: no parameter gives what was asked for; the message names
 * the range that can be had. `TOO_FEW`: too few numbers for the statistic asked for. `DISCONNECTED`: players that
 * wins do not link both ways, whose groups the message names. `NOT_IDENTIFIED`: parameters that the data do not
 * determine. `NOT_CONVERGED`: an iteration that did not come to its end.
 */
export type NoiseErrorCode =
  | 'SHAPE_MISMATCH'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  | 'INVALID_EXPRESSION'
  | 'NOT_MONOTONE'
  | 'NOT_CONCAVE'
  | 'MISSING_CONTEXT'
  | 'UNREACHABLE'
  | 'TOO_FEW'
  | 'DISCONNECTED'
  | 'NOT_IDENTIFIED'
  | 'NOT_CONVERGED'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what
 * was expected.
 */
export class NoiseError extends Error {
  override readonly name = 'NoiseError'
  readonly code: NoiseErrorCode
  /** The argument at fault, as the caller spells it, with its index where there is one. */
  readonly parameter: string
  readonly [MARKER] = true

  constructor(code: NoiseErrorCode, parameter: string, message: string) {
    super(message)
    this.code = code
    this.parameter = parameter
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is NoiseError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
