import { type ConcreteShape, randomNormal, type Tensor, tensor } from '@prefkit/tensor'
import { requireOption } from '../require-option'

/**
 * A matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014), times `gain` (default 1).
 * It reads what it draws, so it cannot be traced; the work grows as rows · columns · min(rows, columns).
 * @throws NnError `INVALID_OPTION` for a shape that is no matrix.
 */
export const orthogonal =
  (gain = 1) =>
  (key: Tensor, shape: ConcreteShape): Tensor => {
    requireOption('shape', shape, shape.length === 2, 'a matrix')
    const [rows, columns] = shape as readonly [number, number]
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows]
    const vectors = orthonormalize(Float64Array.from(randomNormal(key, [count, length]).data), count, length)
    const at =
      rows < columns ? (i: number, j: number) => i * length + j : (i: number, j: number) => j * length + i
    const data = new Float32Array(rows * columns)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) data[i * columns + j] = gain * vectors[at(i, j)]!
    }
    return tensor(data, { shape })
  }

/** Gram-Schmidt on the rows, in place. Done twice, which leaves them orthogonal to rounding (Giraud et al. 2005). */
function orthonormalize(vectors: Float64Array, count: number, length: number): Float64Array {
  const row = (i: number): Float64Array => vectors.subarray(i * length, (i + 1) * length)
  for (let i = 0; i < count; i++) {
    const own = row(i)
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) subtract(own, row(j), dot(own, row(j)))
    }
    const norm = Math.sqrt(dot(own, own))
    for (let k = 0; k < length; k++) own[k]! /= norm
  }
  return vectors
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

function subtract(a: Float64Array, b: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k]! -= factor * b[k]!
}
