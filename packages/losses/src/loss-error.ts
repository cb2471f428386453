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

/**
 * The range of a number: at least `from` or larger than `above`, at most `to` or smaller than `below`. Without a bound,
 * any finite number on that side.
 */
export interface Bounds {
  /** True if only whole numbers are allowed. */
  readonly whole?: boolean
  readonly from?: number
  readonly above?: number
  readonly to?: number
  readonly below?: number
}

const startsAt = ({ from, above = Number.NEGATIVE_INFINITY }: Bounds) => from ?? above
const endsAt = ({ to, below = Number.POSITIVE_INFINITY }: Bounds) => to ?? below

/** “a number in [0, 1]”, “a whole number in [1, Infinity)”. */
function kindOf(bounds: Bounds): string {
  const [open, close] = [bounds.from === undefined ? '(' : '[', bounds.to === undefined ? ')' : ']']
  return `a ${bounds.whole ? 'whole ' : ''}number in ${open}${startsAt(bounds)}, ${endsAt(bounds)}${close}`
}

/** Whether a number is within bounds; NaN never is. */
export const isWithin = (value: number, bounds: Bounds): boolean =>
  (bounds.from === undefined ? value > startsAt(bounds) : value >= bounds.from) &&
  (bounds.to === undefined ? value < endsAt(bounds) : value <= bounds.to) &&
  (!bounds.whole || Number.isInteger(value))

/** The error of a number out of bounds. */
export const outOfBounds = (loss: string, name: string, value: number, bounds: Bounds): LossError =>
  new LossError('INVALID_OPTION', `${loss}: ${name}: expected ${kindOf(bounds)}, got ${formatValue(value)}`)

/** @throws LossError `INVALID_OPTION`, naming function, parameter and value, unless the number is within bounds. */
export function requireWithin(loss: string, name: string, value: number, bounds: Bounds): void {
  if (typeof value !== 'number' || !isWithin(value, bounds)) throw outOfBounds(loss, name, value, bounds)
}

/** @throws LossError `INVALID_OPTION` unless the value is true or false. */
export function requireBoolean(loss: string, name: string, value: boolean): void {
  if (typeof value === 'boolean') return
  throw new LossError('INVALID_OPTION', `${loss}: ${name}: expected true or false, got ${formatValue(value)}`)
}

/** @throws LossError `INVALID_OPTION` unless 0 ≤ value ≤ 1. */
export const requireShare = (loss: string, name: string, value: number): void =>
  requireWithin(loss, name, value, { from: 0, to: 1 })

/** @throws LossError `INVALID_OPTION` unless 0 ≤ value < ∞: for weights. */
export const requireNonNegative = (loss: string, name: string, value: number): void =>
  requireWithin(loss, name, value, { from: 0 })

/** @throws LossError `INVALID_OPTION` unless 0 < value < ∞: for β and other scales that cannot be 0. */
export const requirePositive = (loss: string, name: string, value: number): void =>
  requireWithin(loss, name, value, { above: 0 })

/** @throws LossError `INVALID_OPTION` unless the value is one of `names`. */
export function requireChoice(loss: string, name: string, value: string, names: readonly string[]): void {
  if (names.includes(value)) return
  const expected = names.join(', ')
  throw new LossError(
    'INVALID_OPTION',
    `${loss}: ${name}: expected one of ${expected}, got ${formatValue(value)}`,
  )
}

/**
 * @throws LossError `INVALID_OPTION` unless the options are an object, or naming one that is not among `names`, such as
 *   a misspelt one, which would silently be ignored.
 */
export function requireNames<T extends object>(
  loss: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const wrong = wrongOptions(options, names)
  if (wrong !== undefined) throw new LossError('INVALID_OPTION', `${loss}: ${wrong}`)
}

/** The name of an input that must be given, in what {@link requireInputs} takes. */
export const REQUIRED = 'required'

/**
 * @throws LossError `INVALID_OPTION` unless the inputs are an object, or naming one that is not among `names`, such as
 *   a misspelt one, which would silently be ignored; `MISSING_INPUT` naming one that is {@link REQUIRED} and not given.
 */
export function requireInputs<T extends object>(
  loss: string,
  inputs: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const given: unknown = inputs
  const known = Object.keys(names).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const got = formatValue(given)
    throw new LossError('INVALID_OPTION', `${loss}: expected an object of the inputs ${known}, got ${got}`)
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) {
    throw new LossError('INVALID_OPTION', `${loss}: no input ${unknown}; expected one of ${known}`)
  }
  for (const name of Object.keys(names) as (keyof T & string)[]) {
    if (names[name] === REQUIRED) requireGiven(loss, name, inputs[name])
  }
}

/** @throws LossError `MISSING_INPUT` for undefined. */
export function requireGiven(loss: string, name: string, value: unknown): void {
  if (value !== undefined) return
  throw new LossError('MISSING_INPUT', `${loss}: ${name}: expected a tensor or numbers, got undefined`)
}
