/** Columns of the extrapolation table. */
const COLUMNS = 8

/**
 * f′(x) by central differences, extrapolated to step 0 until that stops helping (Ridders' method). f is asked within
 * `step` of x. For an f that is smooth there the relative error is about 1e-12. Not exported by the package.
 */
export function derivative(f: (x: number) => number, x: number, step: number): number {
  let best = Number.NaN
  let error = Number.POSITIVE_INFINITY
  let before: number[] = []
  for (let column = 0, h = step; column < COLUMNS; column++, h /= 2) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)]
    for (let k = 1; k <= column; k++) {
      const better = row[k - 1]! + (row[k - 1]! - before[k - 1]!) / (4 ** k - 1)
      const change = Math.max(Math.abs(better - row[k - 1]!), Math.abs(better - before[k - 1]!))
      if (change <= error) [best, error] = [better, change]
      row.push(better)
    }
    // Rounding has taken over.
    if (column > 1 && Math.abs(row[column]! - before[column - 1]!) >= 4 * error) break
    before = row
  }
  return best
}
