import type { Parameters } from '../parameters/parameters'
import { blockRandoms } from './bagging'
import { createBag, RANDOM_BLOCK, type RowSampler } from './row-sampler'

/** The parameters of GOSS. */
export type GossParameters = Pick<Parameters, 'top_rate' | 'other_rate' | 'learning_rate' | 'bagging_seed'>

const { fround } = Math

/** Σ |gradient × Hessian| of each row over the trees of an iteration, in floats. */
function importanceOfRows(rows: number, gradients: Float32Array, hessians: Float32Array): Float32Array {
  const importance = new Float32Array(rows)
  for (let first = 0; first < gradients.length; first += rows) {
    for (let row = 0; row < rows; row++) {
      importance[row]! += Math.abs(fround(gradients[first + row]! * hessians[first + row]!))
    }
  }
  return importance
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
  const multiple = fround((rows - top) / others)
  const isWhole = (iteration: number) => iteration < Math.trunc(1 / parameters.learning_rate)
  return {
    draw(iteration, gradients, hessians) {
      if (isWhole(iteration)) return undefined
      const importance = importanceOfRows(rows, gradients, hessians)
      const threshold = importance.slice().sort()[rows - top]!
      let [kept, drawn] = [0, 0]
      return createBag(rows, (row) => {
        if (importance[row]! >= threshold) {
          kept++
          return true
        }
        const probability = (others - drawn) / (rows - row - (top - kept))
        if (!(randoms[Math.floor(row / RANDOM_BLOCK)]!.nextFloat() < probability)) return false
        drawn++
        for (let i = row; i < gradients.length; i += rows) {
          gradients[i] = gradients[i]! * multiple
          hessians[i] = hessians[i]! * multiple
        }
        return true
      })
    },
    isRandom: (iteration) => !isWhole(iteration),
  }
}
