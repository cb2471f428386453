/** What became of the rows of files. */
export interface RowCounts {
  /** Rows seen, good or bad. */
  readonly rows: number
  /** Comparisons whose responses the data calls equal, which say nothing of a judge: left out. */
  readonly ties: number
  /** Rated responses that are in no comparison: left out. */
  readonly unpaired: number
  /** Bad rows left out, at the caller's wish. */
  readonly skipped: number
  /** What is wrong with the first few of them. */
  readonly faults: readonly string[]
}
