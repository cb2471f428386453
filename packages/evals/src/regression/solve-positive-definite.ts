/** A symmetric matrix as rows; only its lower triangle is read. */
export type SymmetricMatrix = readonly Float64Array[]

/** A pivot this small beside its diagonal has lost 13 of 16 digits: its column follows from those before it. */
const RANK_TOLERANCE = 1e-13

/**
 * Cholesky factor of a positive definite matrix, or the index of the first column that depends on those before it.
 * Not exported by the package.
 */
export function cholesky(matrix: SymmetricMatrix): { factor: Float64Array[] } | { dependent: number } {
  const size = matrix.length
  const factor = matrix.map(() => new Float64Array(size))
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row]![column]!
      for (let k = 0; k < column; k++) sum -= factor[row]![k]! * factor[column]![k]!
      if (row > column) {
        factor[row]![column] = sum / factor[column]![column]!
        continue
      }
      const diagonal = matrix[column]![column]!
      if (!(sum > RANK_TOLERANCE * diagonal)) return { dependent: column }
      factor[column]![column] = Math.sqrt(sum)
    }
  }
  return { factor }
}

/** x of L Lᵀ x = b. Not exported by the package. */
export function solveCholesky(factor: readonly Float64Array[], b: ArrayLike<number>): Float64Array {
  const size = factor.length
  const x = Float64Array.from(b)
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) x[row]! -= factor[row]![k]! * x[k]!
    x[row]! /= factor[row]![row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row]! -= factor[k]![row]! * x[k]!
    x[row]! /= factor[row]![row]!
  }
  return x
}
