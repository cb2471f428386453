/**
 * The logistic function σ(x) = 1/(1 + e⁻ˣ), without overflow and with small relative error in the lower tail; `sigmoid` of
 * expressions.
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const odds = Math.exp(x)
  return odds / (1 + odds)
}
