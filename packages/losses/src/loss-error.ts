import { formatValue, type OptionNames, wrongOptions } from '@prefkit/tensor'

const marker = Symbol.for('prefkit.losses.error')

/**
 * What went wrong, for programs. `INDETERMINATE`: a result would be ∞ − ∞ or 0·∞ although no input is NaN;
 * `MISSING_INPUT`: the chosen options need an input that was not given.
 */
export type LossErrorCode = 'EMPTY' | 'INDETERMINATE' | 'INVALID_OPTION' | 'MISSING_INPUT' | 'SHAPE_MISMATCH'

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

/** @throws LossError `INVALID_OPTION` unless low < value < high: for β and the like, without which there is no loss. */
export function requireBetween(name: string, value: number, low: number, high: number): void {
  if (value > low && value < high) return
  throw new LossError(
    'INVALID_OPTION',
    `${name}: expected a number in (${low}, ${high}), got ${formatValue(value)}`,
  )
}

/** @throws LossError `INVALID_OPTION` unless the value is one of `names`. */
export function requireOneOf(name: string, value: string, names: readonly string[]): void {
  if (names.includes(value)) return
  const expected = names.join(', ')
  throw new LossError('INVALID_OPTION', `${name}: expected one of ${expected}, got ${formatValue(value)}`)
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
