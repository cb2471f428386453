import { type MatrixShape, squareShape } from './matrix-shape'

/**
 * Cholesky factors of symmetric matrices in one typed array, row after row, of which only the lower triangle counts.
 * mathjs has LU on nested arrays: for 200 unknowns that takes some thirty times as long, and a fit needs several.
 */

function dot(matrix: Float64Array, from: number, other: number, count: number): number {
  let sum = 0
  for (let k = 0; k < count; k++) sum += matrix[from + k]! * matrix[other + k]!
  return sum
}

/** Divides what is left of column j, in rows from `from` to below `end`, by the pivot: four rows at once, which read row j together. */
function eliminate(matrix: Float64Array, shape: MatrixShape, j: number, from: number, end: number): void {
  const { bases } = shape
  const start = shape.starts[j]!
  const row = bases[j]!
  const pivot = matrix[row + j]!
  let i = from
  for (; i + 3 < end; i += 4) {
    const first = bases[i]!
    const second = bases[i + 1]!
    const third = bases[i + 2]!
    const fourth = bases[i + 3]!
    let a = matrix[first + j]!
    let b = matrix[second + j]!
    let c = matrix[third + j]!
    let d = matrix[fourth + j]!
    for (let k = start; k < j; k++) {
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
  for (; i < end; i++) {
    const at = bases[i]!
    matrix[at + j] = (matrix[at + j]! - dot(matrix, at + start, row + start, j - start)) / pivot
  }
}

/**
 * Replaces the lower triangle of a positive definite matrix by that of its factor L, A = L Lᵀ: block by block, then what
 * blocks share (the Schur complement).
 *
 * @returns −1, or the first row whose pivot is not above `least` there: rows before it already determine it.
 */
export function factoriseBlocks(
  matrix: Float64Array,
  shape: MatrixShape,
  least: (row: number) => number,
): number {
  const { size, starts, ends, bases, shared } = shape
  for (let j = 0; j < size; j++) {
    const at = bases[j]! + starts[j]!
    const pivot = matrix[bases[j]! + j]! - dot(matrix, at, at, j - starts[j]!)
    if (!(pivot > least(j))) return j
    matrix[bases[j]! + j] = Math.sqrt(pivot)
    eliminate(matrix, shape, j, j + 1, ends[j]!)
    if (ends[j]! < size) eliminate(matrix, shape, j, shared, size)
  }
  return -1
}

/** {@link factoriseBlocks} of a square. */
export const factorise = (matrix: Float64Array, size: number, least: (row: number) => number): number =>
  factoriseBlocks(matrix, squareShape(size), least)

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

/** Solves L Lᵀ x = b in place, unknowns in the order of the rows. */
function solveRows(factor: Float64Array, shape: MatrixShape, vector: Float64Array): Float64Array {
  const { size, starts, bases } = shape
  for (let i = 0; i < size; i++) {
    const row = bases[i]!
    let sum = vector[i]!
    for (let k = starts[i]!; k < i; k++) sum -= factor[row + k]! * vector[k]!
    vector[i] = sum / factor[row + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = bases[i]!
    const x = vector[i]! / factor[row + i]!
    vector[i] = x
    for (let k = starts[i]!; k < i; k++) vector[k]! -= factor[row + k]! * x
  }
  return vector
}

/** x of L Lᵀ x = b, unknowns in their own order. */
export function solveBlocks(factor: Float64Array, shape: MatrixShape, vector: Float64Array): Float64Array {
  const { rowOf } = shape
  const rows = new Float64Array(vector.length)
  for (let i = 0; i < rows.length; i++) rows[rowOf[i]!] = vector[i]!
  solveRows(factor, shape, rows)
  return vector.map((_, i) => rows[rowOf[i]!]!)
}

/** Solves L Lᵀ x = b in place. */
export const solveFactored = (factor: Float64Array, size: number, vector: Float64Array): Float64Array =>
  solveRows(factor, squareShape(size), vector)

/** (L Lᵀ)⁻¹, both triangles of the square, unknowns in their own order. */
export function inverseBlocks(factor: Float64Array, shape: MatrixShape): Float64Array {
  const { size } = shape
  const inverse = new Float64Array(size * size)
  const column = new Float64Array(size)
  for (let j = 0; j < size; j++) {
    column.fill(0)
    column[j] = 1
    inverse.set(solveBlocks(factor, shape, column), j * size)
  }
  return inverse
}

/** {@link inverseBlocks} of a square. */
export const inverseFactored = (factor: Float64Array, size: number): Float64Array =>
  inverseBlocks(factor, squareShape(size))
