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
