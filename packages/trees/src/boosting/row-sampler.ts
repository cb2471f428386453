/** Rows that a tree is grown on, and the others; both ascending. */
export interface Bag {
  readonly rows: Int32Array
  readonly rest: Int32Array
}

/** Draws the rows of each iteration's trees. */
export interface RowSampler {
  /**
   * The bag of an iteration; nothing where all rows are used. May change gradients and Hessians
   * (`[trees × rows]`), as GOSS does.
   */
  draw(iteration: number, gradients: Float32Array, hessians: Float32Array): Bag | undefined
  /** Whether what {@link draw} gives for an iteration is drawn anew each time it is asked. */
  isRandom(iteration: number): boolean
}

/** LightGBM draws from a generator for every so many rows. */
export const RANDOM_BLOCK = 1024

/** The bag of the rows that have a 1. */
export function bagOf(isIn: Uint8Array): Bag {
  const total = isIn.length
  const rows = new Int32Array(total)
  const rest = new Int32Array(total)
  let count = 0
  // Written to both, for a branch that cannot be foretold costs more; what is too much is overwritten or cut off.
  for (let row = 0; row < total; row++) {
    rows[count] = row
    rest[row - count] = row
    count += isIn[row]!
  }
  return { rows: rows.slice(0, count), rest: rest.slice(0, total - count) }
}
