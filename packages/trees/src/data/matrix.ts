/** Rows of numbers of one width, row-major. NaN is a missing value. */
export interface Matrix {
  /** `rows × columns` numbers. */
  readonly data: Float32Array | Float64Array
  readonly rows: number
  readonly columns: number
}
