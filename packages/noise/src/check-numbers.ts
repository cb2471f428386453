import { formatValue } from './check-options'
import { NoiseError } from './noise-error'

/** Throws `NOT_FINITE`, naming the index, unless every value is a finite number. */
export function checkFinite(parameter: string, values: ArrayLike<number>): void {
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
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isSafeInteger(value) && value >= low && value < end) continue
    const above = end === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${end - 1}`
    const message = `${parameter}[${i}] is ${formatValue(value)}; expected an integer ${above}`
    throw new NoiseError('OUT_OF_RANGE', `${parameter}[${i}]`, message)
  }
}

/** Throws `SHAPE_MISMATCH` unless all arrays that are given are as long as the first. */
export function checkSameLength(arrays: Readonly<Record<string, ArrayLike<unknown> | undefined>>): void {
  const given = Object.entries(arrays).filter((entry): entry is [string, ArrayLike<unknown>] => !!entry[1])
  const [first] = given
  const other = given.find(([, values]) => values.length !== first?.[1].length)
  if (first === undefined || other === undefined) return
  const message = `${other[0]} has ${other[1].length} values and ${first[0]} has ${first[1].length}`
  throw new NoiseError('SHAPE_MISMATCH', other[0], message)
}
