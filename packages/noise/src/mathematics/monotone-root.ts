/** Where a search goes: from one end, where the function has one sign, to the other. */
interface Bracket {
  readonly low: number
  readonly high: number
  /** The function at both ends; of opposite signs, or 0. */
  readonly atLow: number
  readonly atHigh: number
}

/** A place and the function there. */
interface Point {
  readonly x: number
  readonly y: number
}

/** Halving alone needs some hundred steps, interpolation ten to thirty. */
const STEPS = 300

/** How far to go from `a` to `b`: inverse quadratic interpolation where the third point lets it be trusted, else half. */
function fractionOf(a: Point, b: Point, c: Point): number {
  const xi = (a.x - b.x) / (c.x - b.x)
  const phi = (a.y - b.y) / (c.y - b.y)
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5
  const linear = (a.y / (b.y - a.y)) * (c.y / (b.y - c.y))
  return linear + ((c.x - a.x) / (b.x - a.x)) * (a.y / (c.y - a.y)) * (b.y / (c.y - b.y))
}

/**
 * Where a monotone function is zero, to the last few bits, by Chandrupatla's method: inverse quadratic interpolation, and
 * halving where that would not do. Not exported by the package.
 *
 * Source: T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
 * without using derivatives", Advances in Engineering Software 28 (1997).
 */
export function monotoneRoot(f: (x: number) => number, bracket: Bracket): number {
  if (bracket.atLow === 0) return bracket.low
  // The root is between the first two; the third is the end that was given up last.
  let newest: Point = { x: bracket.high, y: bracket.atHigh }
  let other: Point = { x: bracket.low, y: bracket.atLow }
  let former = other
  const closest = Number.EPSILON ** 2 * (bracket.high - bracket.low)
  for (let step = 0, fraction = 0.5; step < STEPS && newest.y !== 0; step++) {
    const x = newest.x + fraction * (other.x - newest.x)
    const point = { x, y: f(x) }
    if (point.y > 0 === newest.y > 0) former = newest
    else [former, other] = [other, newest]
    newest = point
    const best = Math.abs(newest.y) < Math.abs(other.y) ? newest : other
    // Not closer to an end than makes a difference: once one end is at the root, the other follows.
    const near = (2 * Number.EPSILON * Math.abs(best.x) + closest) / Math.abs(other.x - newest.x)
    if (near > 0.5) return best.x
    fraction = Math.min(Math.max(fractionOf(newest, other, former), near), 1 - near)
  }
  return newest.x
}
