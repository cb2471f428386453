import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { streamOf } from '../random/streams'

/** Draws of location 0 and scale 1 by inversion, or for normal ones by Box and Muller. */
const draws = {
  normal: (u: number, v: number) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v),
  logistic: (u: number) => Math.log((u + 1e-300) / (1 - u)),
  gumbel: (u: number) => -Math.log(-Math.log(Math.min(u + 1e-300, 1 - 2 ** -53))),
  laplace: (u: number, v: number) => -Math.log(1 - u) * (v < 0.5 ? -1 : 1),
  uniform: (u: number) => 2 * u - 1,
} as const

/** Families that can be drawn from. */
export type DrawnFamily = keyof typeof draws

/** An endless supply of utilities. */
export function drawUtilities(
  family: DrawnFamily,
  { location = 0, scale = 1 }: { location?: number; scale?: number },
  seed: number,
): () => number {
  const generator = streamOf(seed)
  return () => location + scale * draws[family](uniformFloat64(generator), uniformFloat64(generator))
}

/** The mean of numbers and its standard error. */
export function meanOf(values: ArrayLike<number>): { mean: number; standardError: number } {
  const all = Array.from(values)
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1)
  return { mean, standardError: Math.sqrt(variance / all.length) }
}
