/** How many pairs so many things have. */
export const pairsAmong = (count: number): number => (count < 2 ? 0 : (count * (count - 1)) / 2)

/** The larger of the pair i < j numbered j(j − 1)/2 + i; the smaller is what the number is above that of (0, j). */
export function largerOfPair(index: number): number {
  let larger = Math.floor((1 + Math.sqrt(1 + 8 * index)) / 2)
  // The root of a number beyond 2⁵³ may be off by one.
  while (pairsAmong(larger) > index) larger -= 1
  while (pairsAmong(larger + 1) <= index) larger += 1
  return larger
}

/** The last place of ascending numbers that is not above `value`; the first is never above it. */
export function lastAtMost(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= value) low = middle
    else high = middle
  }
  return low
}

/** Sums of all before each, and of all: one more than there are. */
export function sumsBefore(count: number, valueAt: (place: number) => number): Float64Array {
  const sums = new Float64Array(count + 1)
  for (let place = 0; place < count; place++) sums[place + 1] = sums[place]! + valueAt(place)
  return sums
}
