/** Steps tried, each half of the one before; the last is 1/128 of the first. */
const STEPS = 8

/**
 * Richardson's extrapolations of central differences to step 0, each from one more, halved step: T(c, 0) is the
 * difference at step·2⁻ᶜ, T(c, k) = T(c, k−1) + (T(c, k−1) − T(c−1, k−1))/(4ᵏ − 1), and the c-th is T(c, c).
 */
function extrapolations(f: (x: number) => number, x: number, step: number): number[] {
  const found: number[] = []
  let before: number[] = []
  for (let column = 0, h = step; column < STEPS; column++, h /= 2) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)]
    for (let k = 1; k <= column; k++) row.push(row[k - 1]! + (row[k - 1]! - before[k - 1]!) / (4 ** k - 1))
    found.push(row.at(-1)!)
    before = row
  }
  return found
}

/**
 * f′(x) by central differences, extrapolated to step 0. Of the extrapolations the one is taken that agrees best with both
 * its neighbours: with one alone, as in Ridders' method, a poor one agrees by chance now and then. f is asked within
 * `step` of x. For an f that is smooth there, the relative error is about 1e-12, and the absolute one some 100 times the
 * rounding of f over `step`. Not exported by the package.
 */
export function derivative(f: (x: number) => number, x: number, step: number): number {
  const found = extrapolations(f, x, step)
  let best = Number.NaN
  let least = Number.POSITIVE_INFINITY
  for (let c = 1; c < STEPS - 1; c++) {
    const change = Math.max(Math.abs(found[c]! - found[c - 1]!), Math.abs(found[c + 1]! - found[c]!))
    if (change < least) [best, least] = [found[c]!, change]
  }
  return best
}
