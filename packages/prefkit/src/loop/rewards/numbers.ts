/** The mean of numbers; NaN of none. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Values one after the other as rows of these lengths. */
export function splitRows<Value>(values: readonly Value[], lengths: readonly number[]): Value[][] {
  const rows: Value[][] = []
  let at = 0
  for (const length of lengths) {
    rows.push(values.slice(at, at + length))
    at += length
  }
  return rows
}
