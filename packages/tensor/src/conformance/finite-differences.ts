import { isFloat } from '../core/dtype'
import { Tensor } from '../core/tensor'
import { weighted } from './differentiated'
import type { Op } from './op-row'

/** Offsets and weights of the five-point formula for a first derivative, to be divided by 12h. */
const stencil = [
  [-2, 1],
  [-1, -8],
  [1, 8],
  [2, -1],
] as const

const step = 1e-3

/** The gradients of Σ weight · result by central differences, one list for each float (f64) input. */
export function finiteDifferences(op: Op, inputs: readonly Tensor[]): (number[] | null)[] {
  return inputs.map((input, i) => {
    if (!isFloat(input.dtype)) return null
    return Array.from(input.data, (_, k) => {
      const at = (offset: number) => {
        const data = Float64Array.from(input.data)
        data[k]! += offset * step
        const moved = inputs.map((x, j) => (j === i ? Tensor.fromData(data, input.dims) : x))
        return weighted([op(...moved)].flat() as Tensor[]).item()
      }
      return stencil.reduce((sum, [offset, weight]) => sum + weight * at(offset), 0) / (12 * step)
    })
  })
}
