/** Median and extremes of measured ratios. */
export interface Ratio {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Sums up the ratios of all rounds; at least one. */
export function summarize(ratios: readonly number[]): Ratio {
  const sorted = [...ratios].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}
