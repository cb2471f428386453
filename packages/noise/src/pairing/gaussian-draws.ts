import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import type { Generator } from '../random/streams'

/** Draws from the standard normal distribution, by Box and Muller. */
export const normalFrom = (generator: Generator) => (): number => {
  // 1 − u is never 0.
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)))
  return radius * Math.cos(2 * Math.PI * uniformFloat64(generator))
}

/** A draw of N(mean, (L Lᵀ)⁻¹), L the Cholesky factor of the precision. */
export function drawFrom(mean: Float64Array, factor: Float64Array, generator: Generator): Float64Array {
  const size = mean.length
  const normal = normalFrom(generator)
  const draw = new Float64Array(size).map(() => normal())
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) draw[i]! -= factor[k * size + i]! * draw[k]!
    draw[i]! /= factor[i * size + i]!
  }
  return draw.map((x, k) => x + mean[k]!)
}
