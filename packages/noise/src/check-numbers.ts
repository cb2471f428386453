import { formatValue } from './check-options'
import { NoiseError } from './noise-error'

/** Throws `SHAPE_MISMATCH` unless a value is an array, plain or typed. */
export function checkArray(parameter: string, value: unknown, expected = 'an array'): void {
  if (
    typeof value === 'object' &&
    value !== null &&
    Number.isSafeInteger((value as { length?: unknown }).length)
  )
    return
  throw new NoiseError(
    'SHAPE_MISMATCH',
    parameter,
    `${parameter} is ${formatValue(value)}; expected ${expected}`,
  )
}

/** Throws `SHAPE_MISMATCH`, naming the column, unless each is an array. */
export function checkColumns(columns: Readonly<Record<string, unknown>>, expected: string): void {
  for (const [name, column] of Object.entries(columns)) checkArray(name, column, expected)
}

/** Throws `NOT_FINITE`, naming the index, unless every value is a finite number. */
export function checkFinite(parameter: string, values: ArrayLike<number>): void {
  checkArray(parameter, values, 'an array of numbers')
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    const message = `${parameter}[${i}] is ${formatValue(values[i])}; expected a finite number`
    throw new NoiseError('NOT_FINITE', `${parameter}[${i}]`, message)
  }
}

/** Throws `OUT_OF_RANGE`, naming the index, unless every value is an integer from `low` to below `end`. */
export function checkIntegers(
  parameter: string,
  values: ArrayLike<number>,
  low: number,
  end = Number.MAX_SAFE_INTEGER,
): void {
  checkArray(parameter, values, 'an array of integers')
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isSafeInteger(value) && value >= low && value < end) continue
    const above = end === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${end - 1}`
    const message = `${parameter}[${i}] is ${formatValue(value)}; expected an integer ${above}`
    throw new NoiseError('OUT_OF_RANGE', `${parameter}[${i}]`, message)
  }
}

/** Throws `SHAPE_MISMATCH` unless all that are given, hence not undefined, are arrays as long as the first. */
export function checkSameLength(arrays: Readonly<Record<string, ArrayLike<unknown> | undefined>>): void {
  const given = Object.entries(arrays).filter(
    (entry): entry is [string, ArrayLike<unknown>] => entry[1] !== undefined,
  )
  for (const [name, values] of given) checkArray(name, values)
  const [first] = given
  const other = given.find(([, values]) => values.length !== first?.[1].length)
  if (first === undefined || other === undefined) return
  const message = `${other[0]} has ${other[1].length} values and ${first[0]} has ${first[1].length}`
  throw new NoiseError('SHAPE_MISMATCH', other[0], message)
}
