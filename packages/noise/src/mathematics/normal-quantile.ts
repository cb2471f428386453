import { normalCdf } from '@prefkit/expressions'

/** Halvings after which the bracket [−40, 0] is as narrow as doubles near its ends allow. */
const HALVINGS = 100

/** x with Φ(x) = p, for 0 < p < 1, by bisection in the lower tail, where Φ keeps its digits. Not exported. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  let low = -40
  let high = 0
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
