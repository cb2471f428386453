/** Values of the upper, and of the lower half of a single float's bits. */
const HALF = 2 ** 16

/** The bucket that the `place`-th entry is in, counted from the last bucket, and its place in there. */
function bucketOf(counts: Uint32Array, place: number): { bucket: number; within: number } {
  let bucket = HALF - 1
  let within = place
  while (within >= counts[bucket]!) within -= counts[bucket--]!
  return { bucket, within }
}

/**
 * The `place`-th largest of single floats ≥ 0, from 0. Their bits are in the order of the values, so that two counts, of the
 * upper halves and of the lower halves below the one found, tell it without sorting.
 */
export function nthLargest(values: Float32Array, place: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const counts = new Uint32Array(HALF)
  for (let i = 0; i < bits.length; i++) counts[bits[i]! >>> 16]!++
  const upper = bucketOf(counts, place)
  counts.fill(0)
  for (let i = 0; i < bits.length; i++) {
    if (bits[i]! >>> 16 === upper.bucket) counts[bits[i]! & (HALF - 1)]!++
  }
  const lower = bucketOf(counts, upper.within)
  return new Float32Array(Uint32Array.of(upper.bucket * HALF + lower.bucket).buffer)[0]!
}
