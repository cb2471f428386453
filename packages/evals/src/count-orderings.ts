import { checkFinite, checkNotEmpty, checkSameLength } from './check-input'

/** How the n(n − 1)/2 pairs of items are ordered by two columns x and y. */
export interface Orderings {
  /** All pairs. */
  pairs: number
  /** Both columns order the pair, the same way. */
  concordant: number
  /** Both columns order the pair, opposite ways. */
  discordant: number
  /** Equal in x but not in y. */
  tiedX: number
  /** Equal in y but not in x. */
  tiedY: number
  /** Equal in both. */
  tiedBoth: number
}

const choose2 = (n: number) => (n * (n - 1)) / 2

/** Pairs inside runs of neighbours that `same` calls equal. */
function tiedPairs(order: ArrayLike<number>, same: (a: number, b: number) => boolean): number {
  let pairs = 0
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && same(order[start]!, order[end]!)) end++
    pairs += choose2(end - start)
    start = end
  }
  return pairs
}

/** Number of pairs i < j with values[i] > values[j]; sorts `values` in place by merging. */
function countInversions(values: Float64Array): number {
  let inversions = 0
  let from = values
  let to: Float64Array = new Float64Array(values.length)
  for (let width = 1; width < values.length; width *= 2) {
    for (let low = 0; low < values.length; low += 2 * width) {
      const [middle, high] = [Math.min(low + width, values.length), Math.min(low + 2 * width, values.length)]
      let [left, right] = [low, middle]
      for (let k = low; k < high; k++) {
        const takeLeft = left < middle && (right >= high || from[left]! <= from[right]!)
        if (!takeLeft) inversions += middle - left
        to[k] = takeLeft ? from[left++]! : from[right++]!
      }
    }
    ;[from, to] = [to, from]
  }
  return inversions
}

/**
 * Counts concordant, discordant and tied pairs of two columns in O(n log n).
 *
 * Knight (1966), "A computer method for calculating Kendall's tau with ungrouped data", JASA 61(314).
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`
 */
export function countOrderings(x: ArrayLike<number>, y: ArrayLike<number>): Orderings {
  checkNotEmpty('x', x)
  checkSameLength({ x, y })
  checkFinite('x', x)
  checkFinite('y', y)
  const order = Uint32Array.from(x, (_, i) => i).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!)
  const sameX = tiedPairs(order, (a, b) => x[a] === x[b])
  const tiedBoth = tiedPairs(order, (a, b) => x[a] === x[b] && y[a] === y[b])
  const ys = Float64Array.from(order, (row) => y[row]!)
  // Sorted by x then y, a pair is inverted in y exactly when the two columns disagree strictly.
  const discordant = countInversions(ys)
  const sameY = tiedPairs(
    Uint32Array.from(y, (_, i) => i).sort((a, b) => y[a]! - y[b]!),
    (a, b) => y[a] === y[b],
  )
  const pairs = choose2(x.length)
  return {
    pairs,
    concordant: pairs - sameX - sameY + tiedBoth - discordant,
    discordant,
    tiedX: sameX - tiedBoth,
    tiedY: sameY - tiedBoth,
    tiedBoth,
  }
}

/** Kendall's τ-b of counted orderings; null where a side does not vary. */
export function kendallTauOf({
  pairs,
  concordant,
  discordant,
  tiedX,
  tiedY,
  tiedBoth,
}: Orderings): number | null {
  const denominator = Math.sqrt(pairs - tiedX - tiedBoth) * Math.sqrt(pairs - tiedY - tiedBoth)
  return denominator === 0 ? null : (concordant - discordant) / denominator
}

/**
 * Kendall's τ-b: (concordant − discordant) / √((pairs − ties in x)(pairs − ties in y)).
 *
 * @returns a number in [−1, 1], or null where a side does not vary
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  return kendallTauOf(countOrderings(x, y))
}
