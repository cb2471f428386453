import type { Matrix, MatrixLike, Vector } from './arrays'
import { checkFinite, matrixLike, readFlags, readMatrix, readVector } from './rows'

/**
 * Gives the advantage of a response to each of its tokens: A_{i,t} = Aᵢ·m_{i,t}.
 *
 * Source: 2402.03300, section 4.1.2. Proven against its equation.
 *
 * @param advantages `[B]`, one for each response.
 * @param mask `[B, T]` of 1 for the tokens of the policy and 0 for the others.
 * @returns `[B, T]`, in the form of `mask`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE` for a mask of other numbers.
 */
export function tokenAdvantages<M extends Matrix>(advantages: Vector, mask: M): MatrixLike<M> {
  const rows = readMatrix('mask', mask)
  const flags = readFlags('mask', mask, rows, 1)
  const given = readVector('advantages', advantages, rows.starts.length - 1)
  checkFinite('advantages', given)
  const result = new Float64Array(flags.length)
  for (let row = 0; row < given.length; row++) {
    for (let i = rows.starts[row]!; i < rows.starts[row + 1]!; i++) {
      if (flags[i] === 1) result[i] = given[row]!
    }
  }
  return matrixLike(mask, result, rows)
}
