/**
 * The inverse of a symmetric positive definite matrix, by Cholesky: M = L Lᵀ, M⁻¹ = L⁻ᵀ L⁻¹.
 * @param matrix `[size, size]`; not changed.
 */
export function symmetricInverse(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / lower[j * size + j]!
    }
  }
  const inverse = invertLower(lower, size)
  const result = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = i; k < size; k++) sum += inverse[k * size + i]! * inverse[k * size + j]!
      result[i * size + j] = sum
      result[j * size + i] = sum
    }
  }
  return result
}

function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    inverse[j * size + j] = 1 / lower[j * size + j]!
    for (let i = j + 1; i < size; i++) {
      let sum = 0
      for (let k = j; k < i; k++) sum -= lower[i * size + k]! * inverse[k * size + j]!
      inverse[i * size + j] = sum / lower[i * size + i]!
    }
  }
  return inverse
}
