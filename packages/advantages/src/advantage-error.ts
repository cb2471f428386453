const MARKER = Symbol.for('prefkit.advantages.error')

/**
 * Why an estimator refused its input. `SHAPE_MISMATCH`: arrays that do not fit together. `NOT_FINITE`: NaN, an infinity
 * or no number where a kept number was expected. `OUT_OF_RANGE`: a number outside what the docstring says.
 * `INVALID_OPTION`: an unknown option, or a value that it has not. `TOO_FEW`: too few numbers for the statistic asked
 * for. `OVERFLOW`: finite input whose result is not finite in double precision, or not in that of the result.
 */
export type AdvantageErrorCode =
  | 'SHAPE_MISMATCH'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  | 'TOO_FEW'
  | 'OVERFLOW'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what
 * was expected.
 */
export class AdvantageError extends Error {
  override readonly name = 'AdvantageError'
  readonly code: AdvantageErrorCode
  /** The argument at fault, as the caller spells it, with its index where there is one. */
  readonly parameter: string
  readonly [MARKER] = true

  constructor(code: AdvantageErrorCode, parameter: string, message: string) {
    super(message)
    this.code = code
    this.parameter = parameter
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is AdvantageError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
