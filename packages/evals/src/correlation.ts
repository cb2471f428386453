import { checkFinite, checkNotEmpty, checkSameLength } from './check-input'
import { mean } from './mean'

function check(x: ArrayLike<number>, y: ArrayLike<number>) {
  checkNotEmpty('x', x)
  checkSameLength({ x, y })
  checkFinite('x', x)
  checkFinite('y', y)
}

const isConstant = (values: ArrayLike<number>) => {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}

/** Pearson's r without input checks; null where a side does not vary. */
function pearsonOf(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  // Compared as they are: a mean of equal numbers may round, and leave a spread that is not there.
  if (isConstant(x) || isConstant(y)) return null
  const [mx, my] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my]
    xy += dx * dy
    xx += dx * dx
    yy += dy * dy
  }
  const r = xy / (Math.sqrt(xx) * Math.sqrt(yy))
  // Spreads near the smallest number there is underflow to 0.
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : null
}

/**
 * Pearson's linear correlation r of two columns.
 *
 * @returns a number in [−1, 1], or null where a side does not vary (r is undefined there)
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  check(x, y)
  return pearsonOf(x, y)
}

/** Ranks from 1, equal values sharing the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}

/**
 * Spearman's rank correlation ρ: Pearson's r of the ranks, ties sharing their mean rank.
 *
 * @returns a number in [−1, 1], or null where a side does not vary
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  check(x, y)
  return pearsonOf(averageRanks(x), averageRanks(y))
}
