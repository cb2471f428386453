const MARKER = Symbol.for('prefkit.advantages.error')

/**
 * Why an estimator refused its input. `SHAPE_MISMATCH`: arrays that do not fit together. `MISSING_INPUT`: an input that is
 * required, always or by the chosen options, is not given. `NOT_FINITE`: NaN, an infinity or something that is not a number
 * where a finite number was expected. `OUT_OF_RANGE`: an input outside the range that its docstring states.
 * `INVALID_OPTION`: an unknown name, or an option with a value that is not allowed. `TOO_FEW`: too few numbers for the
 * statistic. `OVERFLOW`: finite input whose result is not finite in double precision, or in the precision of the result.
 */
export type AdvantageErrorCode =
  | 'SHAPE_MISMATCH'
  | 'MISSING_INPUT'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  | 'TOO_FEW'
  | 'OVERFLOW'

/**
 * Every error that this package throws on purpose. `code` is stable; the message names the parameter, the value and what
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
