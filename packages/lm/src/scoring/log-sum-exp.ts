/** ln Σ exp; −∞ of none. */
export function logSumExpOf(values: readonly number[]): number {
  const best = Math.max(...values)
  if (best === Number.NEGATIVE_INFINITY) return best
  return best + Math.log(values.reduce((sum, value) => sum + Math.exp(value - best), 0))
}
