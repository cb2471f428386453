/** What TensorBoard keeps of a distribution: `HistogramProto`. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumSquares: number
  /** Right edges of the buckets, rising; the left edge of the first is `min`. */
  readonly limits: readonly number[]
  /** How many values lie in each bucket. */
  readonly counts: readonly number[]
}

/** As many as TensorBoard's own summaries have. */
const bucketCount = 30

/** TensorBoard holds the numbers of histograms as f32. */
const largest = (2 - 2 ** -23) * 2 ** 127

/**
 * The histogram of the values that are finite in f32, in 30 buckets of equal width between the least and the
 * greatest; equal values have one bucket. Undefined where no value is finite.
 */
export function histogramOf(values: readonly number[]): Histogram | undefined {
  const finite = values.filter((value) => Math.abs(value) <= largest)
  if (finite.length === 0) return undefined
  const min = finite.reduce((least, value) => Math.min(least, value))
  const max = finite.reduce((greatest, value) => Math.max(greatest, value))
  const buckets = min === max ? 1 : bucketCount
  // 0 where the least and the greatest differ by less than 30 of the smallest doubles.
  const width = (max - min) / buckets
  const counts = new Array<number>(buckets).fill(0)
  for (const value of finite) {
    const bucket = width === 0 ? 0 : Math.min(buckets - 1, Math.floor((value - min) / width))
    counts[bucket]!++
  }
  return {
    ...{ min, max, count: finite.length },
    sum: finite.reduce((sum, value) => sum + value, 0),
    sumSquares: finite.reduce((sum, value) => sum + value * value, 0),
    limits: counts.map((_, i) => (i === buckets - 1 ? max : Math.min(max, min + width * (i + 1)))),
    counts,
  }
}
