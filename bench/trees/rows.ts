/** Rows that are drawn one after the other, the same each time. */
export interface RowSource {
  readonly columns: number
  /** Writes the next row's features from this place on. @returns Its label, 0 or 1. */
  next(target: Float32Array, at: number): number
}
