import { checkInteger, checkNames, checkRange, choose } from '../check-options'
import { normalsFrom } from '../random/gaussian-draws'
import { uniformsFrom } from '../random/streams'
import type { UtilityFamily } from './utility-distribution'

/** Families with a standard deviation, whatever their parameters. */
export type DrawnFamily = Exclude<UtilityFamily, 'student-t'>

/** Options of {@link drawUtilities}. */
export interface DrawUtilitiesOptions {
  /** How many, ≥ 0. */
  count: number
  /** Standard deviation in units of reward, ≥ 0. Default: 1. */
  deviation?: number
  /** Integer that makes the draws repeat exactly; draws of two seeds are unrelated. Default: 0. */
  seed?: number
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x7574696c

const EULER = 0.5772156649015329

/** Draws of mean 0 and deviation 1 from uniform numbers in (0, 1), by the inverse of the distribution function. */
const standardised: Readonly<Record<DrawnFamily, (uniform: () => number) => () => number>> = {
  normal: normalsFrom,
  logistic: (uniform) => () => {
    const u = uniform()
    return (Math.sqrt(3) / Math.PI) * Math.log(u / (1 - u))
  },
  gumbel: (uniform) => () => (-Math.log(-Math.log(uniform())) - EULER) * (Math.sqrt(6) / Math.PI),
  laplace: (uniform) => () => {
    const u = uniform() - 0.5
    return (-Math.sign(u) * Math.log(1 - 2 * Math.abs(u))) / Math.SQRT2
  },
  uniform: (uniform) => () => Math.sqrt(12) * (uniform() - 0.5),
}

/**
 * Utilities drawn from a family of `utilityDistribution`, with mean 0 and a given standard deviation, so that families can be
 * compared.
 *
 * Source: the inverse of each distribution function; Box and Muller 1958 (normal). Proven against its equation: the moments
 * of many draws, and the densities of `utilityDistribution`.
 *
 * @returns `[count]`.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function drawUtilities(family: DrawnFamily, options: DrawUtilitiesOptions): Float64Array {
  checkNames('drawUtilities', options, { count: true, deviation: true, seed: true })
  const { count, deviation = 1, seed = 0 } = options
  checkInteger('count', count, 0)
  checkRange('deviation', deviation, 0)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const uniforms = uniformsFrom([PURPOSE, seed])
  // Neither end's quantile is finite.
  const draw = choose('family', family, standardised)(() => uniforms() || Number.EPSILON / 2)
  const drawn = new Float64Array(count)
  for (let i = 0; i < count; i++) drawn[i] = deviation * draw()
  return drawn
}
