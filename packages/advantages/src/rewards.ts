import type { Matrix, MatrixLike, Vector, VectorLike } from './arrays'
import {
  checkFinite,
  matrixLike,
  type Rows,
  readMatrix,
  readMatrixLike,
  readVector,
  vectorLike,
} from './rows'

/** One number for each response: `[B]` with `groups`, or a row for each group, of any lengths. */
export type Rewards = Vector | Matrix

/** The form of a result: that of the rewards. */
export type RewardsLike<R extends Rewards> = R extends Vector
  ? VectorLike<R>
  : R extends Matrix
    ? MatrixLike<R>
    : never

/** Numbers, one for each response, without groups. */
export interface Numbers {
  readonly rewards: Float64Array
  /** The layout of the rewards, when they are a matrix. */
  readonly rows: Rows | undefined
}

const isRow = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value)

const isVector = (rewards: Rewards): rewards is Vector =>
  ArrayBuffer.isView(rewards) || (Array.isArray(rewards) && !isRow(rewards[0]))

/**
 * Reads one number for each response; it may be NaN. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`, and `NOT_FINITE` for what is
 * not a number.
 */
export function readNumbers(parameter: string, numbers: Rewards): Numbers {
  if (isVector(numbers)) return { rewards: readVector(parameter, numbers), rows: undefined }
  const rows = readMatrix(parameter, numbers)
  return { rewards: rows.data, rows }
}

/** Reads another number for each response, in the form of the rewards. Throws as {@link readNumbers}. */
export function readAlongside(parameter: string, numbers: Rewards, { rewards, rows }: Numbers): Float64Array {
  const read =
    rows === undefined
      ? readVector(parameter, numbers as Vector, rewards.length)
      : readMatrixLike(parameter, numbers as Matrix, rows)
  checkFinite(parameter, read, rows ?? {})
  return read
}

/** A result for each response, in the form of the rewards. Throws `OVERFLOW` where it is not finite. */
export function rewardsLike<R extends Rewards>(
  like: R,
  result: Float64Array,
  { rows }: Pick<Numbers, 'rows'>,
): RewardsLike<R> {
  const form =
    rows === undefined ? vectorLike(like as Vector, result) : matrixLike(like as Matrix, result, rows)
  return form as RewardsLike<R>
}
