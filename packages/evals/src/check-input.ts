import { EvalsError } from './evals-error'

type Column = ArrayLike<unknown>

const quoted: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
}

/** An object by its fields, where `String` would give "[object Object]". */
const nameFields = (value: object): string => `an object of ${Object.keys(value).join(', ') || 'no fields'}`

const isPlain = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]'

/** A value for messages; strings and bigints, which print as numbers do, are told apart from them. */
export const formatValue = (value: unknown): string =>
  isPlain(value) ? nameFields(value) : (quoted[typeof value] ?? String)(value)

/** Every name of an options type: the compiler sees that none is left out. */
export type OptionNames<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Throws `INVALID_OPTION`, naming it, for an option that is not among `names`, such as a misspelt one, which plain
 * JavaScript would pass over; and for what is no object.
 *
 * Other packages have this and `formatValue` too, each throwing its own class of error.
 */
export function checkOptions<T extends object>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const given: unknown = options
  const known = Object.keys(names).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `${owner}: options is ${formatValue(given)}; expected an object of the options ${known}`
    throw new EvalsError('INVALID_OPTION', 'options', message)
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  throw new EvalsError('INVALID_OPTION', unknown, `${owner}: no option ${unknown}; expected one of ${known}`)
}

/** Throws `INVALID_INPUT` for what is no list of values, such as an argument that was left out. */
export function checkList(parameter: string, values: unknown): asserts values is Column {
  const length = typeof values === 'object' && values !== null && 'length' in values && values.length
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return
  const message = `${parameter} is ${formatValue(values)}; expected a list of values`
  throw new EvalsError('INVALID_INPUT', parameter, message)
}

/** Throws `INVALID_INPUT` where a function that takes named columns is given something else. */
export function checkColumns(owner: string, input: unknown): void {
  if (isPlain(input)) return
  const message = `${owner}: input is ${formatValue(input)}; expected an object of columns`
  throw new EvalsError('INVALID_INPUT', 'input', message)
}

/** Throws `EMPTY` when there is nothing to evaluate, and as `checkList` does. */
export function checkNotEmpty(parameter: string, values: Column): void {
  checkList(parameter, values)
  if (values.length === 0)
    throw new EvalsError('EMPTY', parameter, `${parameter} is empty; expected one or more`)
}

/** Throws `LENGTH_MISMATCH` unless every named column that is given is as long as the first, and as `checkList` does. */
export function checkSameLength(columns: Readonly<Record<string, Column | undefined>>): void {
  let first: [string, number] | undefined
  for (const [parameter, column] of Object.entries(columns)) {
    if (column === undefined) continue
    checkList(parameter, column)
    first ??= [parameter, column.length]
    if (column.length === first[1]) continue
    const message = `${parameter} has ${column.length} values and ${first[0]} has ${first[1]}; expected as many`
    throw new EvalsError('LENGTH_MISMATCH', parameter, message)
  }
}

/** Throws `NOT_FINITE`, naming the index, at the first value that is not a finite number, and as `checkList` does. */
export function checkFinite(parameter: string, values: ArrayLike<number>): void {
  checkList(parameter, values)
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    const message = `${parameter}[${i}] is ${formatValue(values[i])}; expected a finite number`
    throw new EvalsError('NOT_FINITE', `${parameter}[${i}]`, message)
  }
}

/** Throws `OUT_OF_RANGE`, naming the index, at the first value outside [low, high]. */
export function checkRange(parameter: string, values: ArrayLike<number>, low: number, high: number): void {
  checkFinite(parameter, values)
  for (let i = 0; i < values.length; i++) {
    if (values[i]! >= low && values[i]! <= high) continue
    const message = `${parameter}[${i}] is ${values[i]}; expected a number from ${low} to ${high}`
    throw new EvalsError('OUT_OF_RANGE', `${parameter}[${i}]`, message)
  }
}

/** Throws `OUT_OF_RANGE` unless `value` is an integer of at least `low`. */
export function checkInteger(parameter: string, value: number, low: number): void {
  if (Number.isSafeInteger(value) && value >= low) return
  const message = `${parameter} is ${formatValue(value)}; expected an integer of at least ${low}`
  throw new EvalsError('OUT_OF_RANGE', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless `confidence` lies strictly between 0 and 1. */
export function checkConfidence(confidence: number): void {
  if (typeof confidence === 'number' && confidence > 0 && confidence < 1) return
  const message = `confidence is ${formatValue(confidence)}; expected a number between 0 and 1, such as 0.95`
  throw new EvalsError('OUT_OF_RANGE', 'confidence', message)
}

/** Everything two score columns of comparisons must satisfy. */
export function checkScorePairs(chosenScores: ArrayLike<number>, rejectedScores: ArrayLike<number>): void {
  checkNotEmpty('chosenScores', chosenScores)
  checkSameLength({ chosenScores, rejectedScores })
  checkFinite('chosenScores', chosenScores)
  checkFinite('rejectedScores', rejectedScores)
}
