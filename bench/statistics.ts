/** Median and extremes of measured numbers. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Sums up the numbers of all rounds; at least one. */
export function summarize(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}

/** Ratios of the rounds that both took part in. */
export const ratioOf = (theirs: readonly number[], ours: readonly number[]): Spread =>
  summarize(theirs.slice(0, ours.length).map((time, round) => time / ours[round]!))
