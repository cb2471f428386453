const MARKER = Symbol.for('prefkit.rubrics.error')

/** Why a rubric, a template, an item or an option was refused. */
export type RubricErrorCode =
  | 'EMPTY'
  | 'LENGTH_MISMATCH'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  | 'INVALID_RUBRIC'
  | 'INVALID_TEMPLATE'
  | 'INVALID_ITEM'
  | 'MISSING_REFERENCE'
  | 'UNKNOWN_CHECK'
  | 'INVALID_CHECK'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what
 * was expected.
 */
export class RubricError extends Error {
  override readonly name = 'RubricError'
  readonly code: RubricErrorCode
  /** The argument at fault, as the caller spells it. */
  readonly parameter: string
  readonly [MARKER] = true

  constructor(code: RubricErrorCode, parameter: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.parameter = parameter
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is RubricError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
