/**
 * Where the lower triangle of a symmetric matrix of blocks is kept: unknowns of one block next to one another, unknowns of
 * different blocks with nothing between them but zeros, which are not kept, and last unknowns that all blocks share. A
 * Cholesky factor has the same zeros.
 */
export interface MatrixShape {
  readonly size: number
  readonly blocks: number
  /** Row of each unknown. */
  readonly rowOf: Int32Array
  /** First column that is kept of each row. */
  readonly starts: Int32Array
  /** Behind the last row of the block that a row is in. */
  readonly ends: Int32Array
  /** First row that all blocks share. */
  readonly shared: number
  /** Entry (row, column) is at bases[row] + column. */
  readonly bases: Int32Array | Float64Array
  /** Numbers kept. */
  readonly length: number
}

/** Places as 32-bit integers wherever these can say them: reckoned with as doubles, they make loops over entries twice as slow. */
const placesOf = (size: number, length: number): Int32Array | Float64Array =>
  length < 2 ** 31 ? new Int32Array(size) : new Float64Array(size)

/** A square of one block, row after row, unknowns in their order. */
export const squareShape = (size: number): MatrixShape => ({
  size,
  blocks: 1,
  rowOf: Int32Array.from({ length: size }, (_, i) => i),
  starts: new Int32Array(size),
  ends: new Int32Array(size).fill(size),
  shared: size,
  bases: placesOf(size, size * size).map((_, i) => i * size),
  length: size * size,
})

/**
 * Blocks of unknowns, and unknowns behind them that all share; a square for one block.
 *
 * @param blockOf block of each unknown that is in one, numbered from 0.
 * @param shared how many follow that are in none.
 */
export function blockShape(blockOf: Int32Array, blocks: number, shared: number): MatrixShape {
  const count = blockOf.length
  const size = count + shared
  if (blocks <= 1) return squareShape(size)
  const next = new Int32Array(blocks + 1)
  for (const block of blockOf) next[block + 1]! += 1
  for (let block = 0; block < blocks; block++) next[block + 1]! += next[block]!
  const firsts = next.slice()
  const rowOf = new Int32Array(size)
  const starts = new Int32Array(size)
  const ends = new Int32Array(size).fill(size)
  for (let i = 0; i < count; i++) {
    const block = blockOf[i]!
    const row = next[block]!++
    rowOf[i] = row
    starts[row] = firsts[block]!
    ends[row] = firsts[block + 1]!
  }
  for (let row = count; row < size; row++) rowOf[row] = row
  const length = starts.reduce((sum, start, row) => sum + row + 1 - start, 0)
  const bases = placesOf(size, length)
  for (let row = 0, before = 0; row < size; row++) {
    bases[row] = before - starts[row]!
    before += row + 1 - starts[row]!
  }
  return { size, blocks, rowOf, starts, ends, shared: count, bases, length }
}

/** The entries (i, i) of a matrix, row by row. */
export const diagonalOf = (matrix: Float64Array, { size, bases }: MatrixShape): Float64Array =>
  Float64Array.from({ length: size }, (_, row) => matrix[bases[row]! + row]!)
