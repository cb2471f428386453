import type { FlatMatrix, Matrix, Vector, VectorLike } from './arrays'
import type { Rewards } from './groups/groups'
import { vectorLike } from './rows'

/** The form of a vector that goes with numbers for each response or rows of them: that of one of their rows. */
export type RowOf<R extends Rewards> = R extends Vector
  ? VectorLike<R>
  : R extends FlatMatrix<infer D>
    ? D
    : R extends readonly (infer Row extends Vector)[]
      ? VectorLike<Row>
      : never

const formOf = (like: Rewards): Vector => {
  if (ArrayBuffer.isView(like)) return like as Vector
  if ('data' in like) return like.data
  const [first] = like as Matrix & readonly Vector[]
  return ArrayBuffer.isView(first) ? first : []
}

/** A vector in the form of one row of `like`, or of itself when it has none. Throws `OVERFLOW`. */
export const rowLike = <R extends Rewards>(like: R, result: Float64Array): RowOf<R> =>
  vectorLike(formOf(like), result) as RowOf<R>
