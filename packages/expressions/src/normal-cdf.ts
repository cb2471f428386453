import { mathjs } from './mathjs'

/** From here on the tail's continued fraction needs fewer than {@link TERMS} terms, and erf would cancel against 1. */
const TAIL = 3
const TERMS = 60

/** 1 − Φ(x) for x ≥ {@link TAIL}: φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))). */
function upperTail(x: number): number {
  let fraction = x
  for (let term = TERMS; term >= 1; term--) fraction = x + term / fraction
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction
}

/**
 * The standard normal distribution function Φ(x) = ½(1 + erf(x/√2)), with small relative error in the lower tail too;
 * `normalCdf` of expressions.
 */
export function normalCdf(x: number): number {
  if (x < -TAIL) return upperTail(-x)
  if (x > TAIL) return 1 - upperTail(x)
  return 0.5 * (1 + mathjs().erf(x / Math.SQRT2))
}
