/** 2^−n. */
const powers = Float64Array.from({ length: 1024 }, (_, n) => 2 ** -n)

/** 1 / k! */
const inverseFactorials = Array.from({ length: 11 }, (_, k) => {
  let product = 1
  for (let i = 2; i <= k; i++) product *= i
  return 1 / product
})
// Eleven are made.
const [, , c2, c3, c4, c5, c6, c7, c8, c9, c10] = inverseFactorials as number[] & { length: 11 }

/**
 * e^x of x ≤ 0, to 1e-12 of it; 0 below −709. A vocabulary's worth of it is drawn from for each token, and V8 calls out to a
 * library for each `Math.exp`, which takes four times as long.
 */
export function expOfNegative(x: number): number {
  if (!(x > -709)) return 0
  // e^x = 2^−n · e^r, |r| ≤ ln 2 / 2.
  const n = (0.5 - x * Math.LOG2E) | 0
  const r = x + n * Math.LN2
  const high = c6! + r * (c7! + r * (c8! + r * (c9! + r * c10!)))
  return powers[n]! * (1 + r * (1 + r * (c2! + r * (c3! + r * (c4! + r * (c5! + r * high))))))
}
