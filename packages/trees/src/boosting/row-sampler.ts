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

/** Collects which rows are in a bag. */
export function createBag(rows: number, isIn: (row: number) => boolean): Bag {
  const drawn = new Int32Array(rows)
  let count = 0
  let end = rows
  for (let row = 0; row < rows; row++) {
    if (isIn(row)) drawn[count++] = row
    else drawn[--end] = row
  }
  return { rows: drawn.slice(0, count), rest: drawn.slice(count).reverse() }
}
