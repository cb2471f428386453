/**
 * Cholesky factors of symmetric matrices in one typed array, row after row, of which only the lower triangle counts.
 * mathjs has LU on nested arrays: for 200 unknowns that takes some thirty times as long, and a fit needs several.
 */

function dot(matrix: Float64Array, from: number, other: number, count: number): number {
  let sum = 0
  for (let k = 0; k < count; k++) sum += matrix[from + k]! * matrix[other + k]!
  return sum
}

/** Divides what is left of column j, below the diagonal, by the pivot: four rows at once, which read row j together. */
function eliminate(matrix: Float64Array, size: number, j: number): void {
  const row = j * size
  const pivot = matrix[row + j]!
  let i = j + 1
  for (; i + 3 < size; i += 4) {
    const first = i * size
    const second = first + size
    const third = second + size
    const fourth = third + size
    let a = matrix[first + j]!
    let b = matrix[second + j]!
    let c = matrix[third + j]!
    let d = matrix[fourth + j]!
    for (let k = 0; k < j; k++) {
      const x = matrix[row + k]!
      a -= matrix[first + k]! * x
      b -= matrix[second + k]! * x
      c -= matrix[third + k]! * x
      d -= matrix[fourth + k]! * x
    }
    matrix[first + j] = a / pivot
    matrix[second + j] = b / pivot
    matrix[third + j] = c / pivot
    matrix[fourth + j] = d / pivot
  }
  for (; i < size; i++) matrix[i * size + j] = (matrix[i * size + j]! - dot(matrix, i * size, row, j)) / pivot
}

/**
 * Replaces the lower triangle of a positive definite matrix by that of its factor L, A = L Lᵀ.
 *
 * @returns −1, or the first row whose pivot is not above `least` there: rows before it already determine it.
 */
export function factorise(matrix: Float64Array, size: number, least: (row: number) => number): number {
  for (let j = 0; j < size; j++) {
    const pivot = matrix[j * size + j]! - dot(matrix, j * size, j * size, j)
    if (!(pivot > least(j))) return j
    matrix[j * size + j] = Math.sqrt(pivot)
    eliminate(matrix, size, j)
  }
  return -1
}

/** The factor of a matrix that may be singular, as covariances are: pivots that are rounding become 0 with their column. */
export function semidefiniteFactor(matrix: Float64Array, size: number): Float64Array {
  const factor = matrix.slice()
  for (let i = 0; i < size; i++) {
    const row = i * size
    for (let j = 0; j < i; j++) {
      const pivot = factor[j * size + j]!
      factor[row + j] = pivot === 0 ? 0 : (factor[row + j]! - dot(factor, row, j * size, j)) / pivot
    }
    const pivot = factor[row + i]! - dot(factor, row, row, i)
    factor[row + i] = pivot > 1e-10 * matrix[row + i]! ? Math.sqrt(pivot) : 0
  }
  return factor
}

/** Solves L Lᵀ x = b in place. */
export function solveFactored(factor: Float64Array, size: number, vector: Float64Array): Float64Array {
  for (let i = 0; i < size; i++) {
    let sum = vector[i]!
    for (let k = 0; k < i; k++) sum -= factor[i * size + k]! * vector[k]!
    vector[i] = sum / factor[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    const x = vector[i]! / factor[i * size + i]!
    vector[i] = x
    for (let k = 0; k < i; k++) vector[k]! -= factor[i * size + k]! * x
  }
  return vector
}

/** (L Lᵀ)⁻¹, both triangles. */
export function inverseFactored(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  const column = new Float64Array(size)
  for (let j = 0; j < size; j++) {
    column.fill(0)
    column[j] = 1
    inverse.set(solveFactored(factor, size, column), j * size)
  }
  return inverse
}
