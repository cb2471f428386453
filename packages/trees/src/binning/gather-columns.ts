import type { Matrix } from '../data/matrix'

/**
 * Copies columns `begin` … `begin` + `size` − 1 of a matrix to one array, `stride` numbers from one column's first to the
 * next one's. Row by row: rows may lie a power of two apart, where a cache holds a few of them only.
 */
export function gatherColumns(
  { data, rows, columns }: Matrix,
  begin: number,
  size: number,
  into: Float32Array | Float64Array,
  stride: number,
): void {
  const fours = size - (size % 4)
  let from = begin
  for (let row = 0; row < rows; row++) {
    let to = row
    for (let i = 0; i < fours; i += 4) {
      into[to] = data[from + i]!
      into[to + stride] = data[from + i + 1]!
      into[to + 2 * stride] = data[from + i + 2]!
      into[to + 3 * stride] = data[from + i + 3]!
      to += 4 * stride
    }
    for (let i = fours; i < size; i++) {
      into[to] = data[from + i]!
      to += stride
    }
    from += columns
  }
}
