import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import type { Generator } from './streams'

/** Draws from the standard normal distribution, two from two uniform numbers in [0, 1), by Box and Muller. */
export function normalsFrom(uniform: () => number): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    // 1 − u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** A draw of N(mean, (L Lᵀ)⁻¹), L the Cholesky factor of the precision. */
export function drawFrom(mean: Float64Array, factor: Float64Array, generator: Generator): Float64Array {
  const size = mean.length
  const normal = normalsFrom(() => uniformFloat64(generator))
  const draw = new Float64Array(size).map(() => normal())
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) draw[i]! -= factor[k * size + i]! * draw[k]!
    draw[i]! /= factor[i * size + i]!
  }
  return draw.map((x, k) => x + mean[k]!)
}
