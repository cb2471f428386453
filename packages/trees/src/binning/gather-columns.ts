import type { Matrix } from '../data/matrix'

/** Copies columns `begin` … of a matrix to one array each. */
export function gatherColumns(
  matrix: Matrix,
  begin: number,
  into: readonly (Float32Array | Float64Array)[],
): void {
  const { data, columns } = matrix
  let from = begin
  const size = into.length
  for (let row = 0; row < matrix.rows; row++) {
    for (let i = 0; i < size; i++) into[i]![row] = data[from + i]!
    from += columns
  }
}
