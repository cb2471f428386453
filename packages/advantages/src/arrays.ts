/** A vector of numbers: a plain array or a typed array of floats. */
export type Vector = readonly number[] | Float32Array | Float64Array

/** A matrix as one typed array, row after row. */
export interface FlatMatrix<D extends Float32Array | Float64Array = Float32Array | Float64Array> {
  /** All rows, one after the other. */
  readonly data: D
  /** Number of rows and of columns. */
  readonly shape: readonly [rows: number, columns: number]
}

/**
 * A tensor of rank 2 on the CPU, such as those of `@prefkit/tensor`. Their type states neither the rank nor the number type,
 * so the rank is checked when the tensor is read.
 */
export interface MatrixTensor {
  /** All rows, one after the other. */
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array
  /** Number of rows and of columns. */
  readonly shape: readonly unknown[]
  /** The element type; it tells a tensor from a {@link FlatMatrix}. */
  readonly dtype: string
}

/**
 * `[B, T]`: one typed array with its shape, a tensor, or an array for each row. The rows may differ in length. For a tensor
 * the result is a {@link FlatMatrix}, in single precision if the tensor is, otherwise in double.
 */
export type Matrix = readonly Vector[] | FlatMatrix | MatrixTensor

/** The form of a result: that of the argument it belongs to. */
export type VectorLike<V extends Vector> = V extends Float32Array
  ? Float32Array
  : V extends Float64Array
    ? Float64Array
    : number[]

/** The form of a result: that of the argument it belongs to. */
export type MatrixLike<M extends Matrix> =
  M extends FlatMatrix<infer D>
    ? FlatMatrix<D>
    : M extends readonly (infer R extends Vector)[]
      ? VectorLike<R>[]
      : M extends MatrixTensor
        ? FlatMatrix
        : never

/** A vector of ones and zeros, or of booleans. */
export type FlagVector = ArrayLike<number | boolean>

/** `[B, T]` of ones and zeros, or of booleans; the rows are as long as those of the matrix that they mark. */
export type Flags =
  | readonly FlagVector[]
  | MatrixTensor
  | { readonly data: FlagVector; readonly shape: readonly [rows: number, columns: number] }
