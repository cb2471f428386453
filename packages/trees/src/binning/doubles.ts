/** What LightGBM takes for 0: |value| up to 1e-35 in single precision. */
export const ZERO_THRESHOLD = Math.fround(1e-35)

const number = new Float64Array(1)
const bits = new BigInt64Array(number.buffer)

/** The next larger double; of +∞ and NaN themselves. */
export function nextUp(value: number): number {
  if (!(value < Number.POSITIVE_INFINITY)) return value
  if (value === 0) return Number.MIN_VALUE
  number[0] = value
  bits[0]! += value > 0 ? 1n : -1n
  return number[0]!
}

/** Whether b ≥ a is the same number as a, or the next one. */
export const equalInOrder = (a: number, b: number): boolean => b <= nextUp(a)

/** The largest single-precision number up to a double. */
export function floorToSingle(value: number): number {
  const single = Math.fround(value)
  if (!(single > value)) return single
  if (single === Number.POSITIVE_INFINITY) return 2 ** 128 - 2 ** 104
  return Math.fround(-nextUpSingle(-single))
}

const singleNumber = new Float32Array(1)
const singleBits = new Int32Array(singleNumber.buffer)

function nextUpSingle(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return value
  if (value === 0) return 2 ** -149
  singleNumber[0] = value
  singleBits[0]! += value > 0 ? 1 : -1
  return singleNumber[0]!
}
