import { formatValue, type OptionNames, wrongOptions } from '@prefkit/tensor'

const marker = Symbol.for('prefkit.losses.error')

/** What went wrong, for programs. */
export type LossErrorCode = 'EMPTY' | 'INVALID_OPTION' | 'SHAPE_MISMATCH'

/** Every error `@prefkit/losses` throws on purpose; also recognised when another copy of the package threw it. */
export class LossError extends Error {
  override readonly name = 'LossError'
  readonly code: LossErrorCode

  constructor(code: LossErrorCode, message: string) {
    super(message)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for a `LossError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is LossError {
    return typeof error === 'object' && error !== null && marker in error
  }
}

/** @throws LossError `INVALID_OPTION` unless low ≤ value < high. */
export function requireInRange(name: string, value: number, low: number, high: number): void {
  if (value >= low && value < high) return
  throw new LossError(
    'INVALID_OPTION',
    `${name}: expected a number in [${low}, ${high}), got ${formatValue(value)}`,
  )
}

/**
 * @throws LossError `INVALID_OPTION` naming an option that is not among `names`, such as a misspelt one, which would
 *   leave the default; or for what is no object.
 */
export function requireNames<T extends object>(
  loss: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const wrong = wrongOptions(options, names)
  if (wrong !== undefined) throw new LossError('INVALID_OPTION', `${loss}: ${wrong}`)
}
