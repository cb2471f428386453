import type { Flags, FlagVector, FlatMatrix, Matrix, Vector, VectorLike } from '../arrays'
import { checkFinite, isFlat, isTyped, readFlagRows, readVector, vectorLike } from '../rows'
import { fillFlagged } from './flag-runs'

/** The result of {@link tokenAdvantages}: laid out as the mask, with the number type of the mask or of the advantages. */
export type TokenAdvantages<V extends Vector, M extends Matrix | Flags> = M extends {
  readonly data: infer D
  readonly shape: unknown
}
  ? FlatMatrix<D extends Float32Array | Float64Array ? D : V extends Float32Array ? V : Float64Array>
  : M extends readonly (infer R)[]
    ? TokenRow<V, R>[]
    : never

/** A row of the result: typed as the row of the mask, or as the advantages where the mask is of bytes. */
type TokenRow<V extends Vector, R> = R extends Float32Array | Float64Array
  ? VectorLike<R>
  : R extends readonly unknown[]
    ? number[]
    : VectorLike<V>

/** The form of a row: that of the mask, unless the mask is of bytes. */
const formOf = (row: FlagVector, advantages: Vector): Vector =>
  Array.isArray(row) || isTyped(row) ? (row as Vector) : advantages

/**
 * Spreads the advantage of each response over its tokens: A_{i,t} = Aᵢ·m_{i,t}.
 *
 * Source: 2402.03300, section 4.1.2. Proven against its equation.
 *
 * @param advantages `[B]`, one for each response.
 * @param mask `[B, T]`: 1 or true for the tokens of the policy, 0 or false for all others.
 * @returns `[B, T]`, in the form of `mask`; where the mask is of bytes, with the number type of `advantages`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for a mask of other numbers,
 *   `OVERFLOW`.
 */
export function tokenAdvantages<V extends Vector, M extends Matrix | Flags>(
  advantages: V,
  mask: M,
): TokenAdvantages<V, M> {
  const flags = readFlagRows('mask', mask)
  const { bytes, starts } = flags
  const given = readVector('advantages', advantages, starts.length - 1)
  checkFinite('advantages', given)
  if (isFlat(mask)) {
    const form = isTyped(mask.data) ? mask.data : advantages
    // The result repeats the advantages, so it overflows only where they do.
    const values = Float64Array.from(vectorLike(form, given))
    const data =
      form instanceof Float32Array ? new Float32Array(bytes.length) : new Float64Array(bytes.length)
    fillFlagged(data, values, flags)
    // The compiler does not infer the form of M from `isFlat`.
    return { data, shape: [...mask.shape] } as unknown as TokenAdvantages<V, M>
  }
  const result = new Float64Array(bytes.length)
  fillFlagged(result, given, flags)
  const rows = (mask as readonly FlagVector[]).map((row, i) =>
    vectorLike(formOf(row, advantages), result.slice(starts[i], starts[i + 1])),
  )
  // Nor that rows are what M has when it is not flat.
  return rows as unknown as TokenAdvantages<V, M>
}
