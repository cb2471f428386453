/** Rows of numbers of one width, row-major: one row for each text. */
export interface Matrix {
  /** `rows × columns` numbers. */
  readonly data: Float32Array
  readonly rows: number
  readonly columns: number
  /**
   * Widths of blocks of columns that belong together, such as an embedding and a handful of counts. Standardising
   * gives every block the same total variance, so that the wide ones do not drown the narrow ones. Default: one block.
   */
  readonly blocks?: readonly number[]
}
