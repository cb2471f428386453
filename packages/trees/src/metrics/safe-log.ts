/** log x, and −∞ where x is not above 0. */
export function safeLog(x: number): number {
  return x > 0 ? Math.log(x) : Number.NEGATIVE_INFINITY
}
