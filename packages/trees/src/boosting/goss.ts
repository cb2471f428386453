import type { Parameters } from '../parameters/parameters'
import type { LightGbmRandom } from '../random/lightgbm-random'
import { blockRandoms } from './bagging'
import { nthLargest } from './nth-largest'
import { bagOf, RANDOM_BLOCK, type RowSampler } from './row-sampler'

/** The parameters of GOSS. */
export type GossParameters = Pick<Parameters, 'top_rate' | 'other_rate' | 'learning_rate' | 'bagging_seed'>

const { fround } = Math

/** Σ |gradient × Hessian| of each row over the trees of an iteration, in floats. */
function importanceOfRows(gradients: Float32Array, hessians: Float32Array, importance: Float32Array): void {
  const rows = importance.length
  importance.fill(0)
  for (let first = 0; first < gradients.length; first += rows) {
    for (let row = 0; row < rows; row++) {
      importance[row]! += Math.abs(fround(gradients[first + row]! * hessians[first + row]!))
    }
  }
}

/** How many rows are kept, and drawn. */
interface Shares {
  readonly top: number
  readonly others: number
}

/**
 * Marks rows that are kept, which are of at least the threshold, and those that are drawn of the others.
 * @returns the rows that are drawn.
 */
function drawRows(
  importance: Float32Array,
  threshold: number,
  { top, others }: Shares,
  randoms: readonly LightGbmRandom[],
  isIn: Uint8Array,
): Int32Array {
  const rows = importance.length
  const drawn = new Int32Array(others)
  let [kept, count] = [0, 0]
  randoms.forEach((random, block) => {
    const end = Math.min((block + 1) * RANDOM_BLOCK, rows)
    for (let row = block * RANDOM_BLOCK; row < end; row++) {
      if (importance[row]! >= threshold) {
        isIn[row] = 1
        kept++
        continue
      }
      const isDrawn = random.nextFloat() < (others - count) / (rows - row - (top - kept))
      isIn[row] = isDrawn ? 1 : 0
      if (isDrawn) drawn[count++] = row
    }
  })
  return drawn.subarray(0, count)
}

/** Multiplies what some rows have, in every class. */
function multiplyRows(values: Float32Array, classRows: number, rows: Int32Array, factor: number): void {
  for (let first = 0; first < values.length; first += classRows) {
    for (const row of rows) values[first + row]! *= factor
  }
}

/**
 * Gradient-based one-side sampling: rows with large gradients are kept, of the others some are drawn and weigh more.
 * The first 1 / learning_rate iterations use all rows.
 *
 * Source: LightGBM, `GOSSStrategy` (with one thread). Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export function createGoss(parameters: GossParameters, rows: number): RowSampler {
  const randoms = blockRandoms(rows, parameters.bagging_seed)
  const top = Math.max(1, Math.trunc(rows * parameters.top_rate))
  const others = Math.trunc(rows * parameters.other_rate)
  const factor = fround((rows - top) / others)
  const importance = new Float32Array(rows)
  const isIn = new Uint8Array(rows)
  const isWhole = (iteration: number) => iteration < Math.trunc(1 / parameters.learning_rate)
  return {
    draw(iteration, gradients, hessians) {
      if (isWhole(iteration)) return undefined
      importanceOfRows(gradients, hessians, importance)
      const threshold = nthLargest(importance, top - 1)
      const drawn = drawRows(importance, threshold, { top, others }, randoms, isIn)
      for (const values of [gradients, hessians]) multiplyRows(values, rows, drawn, factor)
      return bagOf(isIn)
    },
    isRandom: (iteration) => !isWhole(iteration),
  }
}
