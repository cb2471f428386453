const MARKER = Symbol.for('prefkit.expressions.error')

/**
 * Why an expression was refused. `INVALID_EXPRESSION`: a mistake in it, whose place the message names. `INVALID_OPTION`: the
 * name of a variable or a parameter that it cannot have. `OUT_OF_RANGE`: a parameter that is no finite number.
 */
export type ExpressionErrorCode = 'INVALID_EXPRESSION' | 'INVALID_OPTION' | 'OUT_OF_RANGE'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what
 * was expected.
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code: ExpressionErrorCode
  /** The argument at fault, as the caller spells it. */
  readonly parameter: string
  readonly [MARKER] = true

  constructor(code: ExpressionErrorCode, parameter: string, message: string) {
    super(message)
    this.code = code
    this.parameter = parameter
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is ExpressionError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}

/** An `INVALID_EXPRESSION` that says at which character (from 1) the mistake is and points at it. */
export function expressionError(source: string, character: number, mistake: string): ExpressionError {
  const pointer = `${' '.repeat(character - 1)}^`
  const message = `expression, character ${character}: ${mistake}\n  ${source}\n  ${pointer}`
  return new ExpressionError('INVALID_EXPRESSION', 'expression', message)
}
