import type { FlatMatrix, Matrix, MatrixTensor, Vector, VectorLike } from './arrays'
import type { Rewards } from './rewards'
import { isTyped, vectorLike } from './rows'

/** The form of a result with one number a row: that of a row, or of the argument itself when it is a vector. */
export type RowOf<R extends Rewards> = R extends Vector
  ? VectorLike<R>
  : R extends FlatMatrix<infer D>
    ? D
    : R extends readonly (infer Row extends Vector)[]
      ? VectorLike<Row>
      : R extends MatrixTensor
        ? Float32Array | Float64Array
        : never

const formOf = (like: Rewards): Vector => {
  if (ArrayBuffer.isView(like)) return like as Vector
  if ('data' in like) return isTyped(like.data) ? like.data : new Float64Array()
  const [first] = like as Matrix & readonly Vector[]
  return ArrayBuffer.isView(first) ? first : []
}

/** A vector in the form of one row of `like`, or of `like` itself when it is a vector. Throws `OVERFLOW`. */
export const rowLike = <R extends Rewards>(like: R, result: Float64Array): RowOf<R> =>
  vectorLike(formOf(like), result) as RowOf<R>
