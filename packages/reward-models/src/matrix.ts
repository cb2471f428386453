/** Rows of numbers of one width, row-major: one row for each text. */
export interface Matrix {
  /** `rows × columns` numbers. */
  readonly data: Float32Array
  readonly rows: number
  readonly columns: number
}
