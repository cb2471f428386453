import {
  checkFunction,
  checkNames,
  checkPositive,
  checkRange,
  choose,
  formatValue,
  type Names,
} from '../check-options'
import { mathjs } from '../mathematics/mathjs'
import { NoiseError } from '../noise-error'

/** How the utilities r of the responses to one prompt are distributed. */
export interface UtilityDistribution {
  /** Density at r. */
  readonly density: (r: number) => number
  /** Centre, in units of reward. */
  readonly location: number
  /** Spread, in units of reward. */
  readonly scale: number
  /** End of the support, or −∞. */
  readonly low: number
  /** End of the support, or ∞. */
  readonly high: number
  /** Where the density has kinks or jumps inside the support. */
  readonly kinks: readonly number[]
  /** Whether it is Gaussian: closed forms are then taken where there are any. */
  readonly gaussian: boolean
  /** False where E|r| is infinite. */
  readonly finiteMean: boolean
  /**
   * log E exp(r) for sign 1 and log E exp(−r) for sign −1, which may be ∞; where it is missing, a number is
   * integrated.
   */
  readonly logMeanExp?: (sign: 1 | -1) => number
}

/** Throws `INVALID_OPTION` unless this is a distribution. */
export function checkDistribution(parameter: string, given: unknown): void {
  if (typeof (given as Partial<UtilityDistribution> | null)?.density === 'function') return
  const message = `${parameter} is ${formatValue(given)}; expected a distribution, as of utilityDistribution('normal')`
  throw new NoiseError('INVALID_OPTION', parameter, message)
}

/**
 * A density f of location 0 and scale 1, from which a location-scale family is made: f((r − location)/scale)/scale.
 */
export interface StandardDensity {
  /** The density at z, which has to integrate to one. */
  readonly density: (z: number) => number
  /** End of the support. Default: −∞. */
  readonly low?: number
  /** End of the support. Default: ∞. */
  readonly high?: number
  /** Where the density has kinks or jumps inside the support. Default: nowhere. */
  readonly kinks?: readonly number[]
  /** False where E|z| is infinite. Default: true. */
  readonly finiteMean?: boolean
}

/** Families known by name. */
export type UtilityFamily = 'normal' | 'logistic' | 'gumbel' | 'laplace' | 'uniform' | 'student-t'

/** Options of {@link utilityDistribution}. */
export interface UtilityDistributionOptions {
  /** Location in units of reward: the mean, except for `gumbel`, where it is the mode. Default: 0. */
  location?: number
  /**
   * Scale in units of reward, above 0: the standard deviation of `normal`, half the width of `uniform`, and the usual
   * scale parameter of the others. Default: 1.
   */
  scale?: number
  /** Degrees of freedom ν > 0 of `student-t`, which needs them; the others have none. */
  degreesOfFreedom?: number
}

/** A standard density with what is known of it; log E exp(±(location + scale·z)) less ±location as `tilt`. */
interface Known extends StandardDensity {
  readonly tilt: (scale: number, sign: 1 | -1) => number
}

const infinite = () => Number.POSITIVE_INFINITY
const below1 = (compute: (scale: number) => number) => (scale: number) =>
  scale < 1 ? compute(scale) : Number.POSITIVE_INFINITY

function logisticDensity(z: number): number {
  const odds = Math.exp(-Math.abs(z))
  return odds / (1 + odds) ** 2
}

/** Γ((ν + 1)/2)/Γ(ν/2), by its asymptotic series where Γ alone would overflow. */
function gammaRatio(nu: number): number {
  if (nu < 300) return mathjs().gamma((nu + 1) / 2) / mathjs().gamma(nu / 2)
  return (
    Math.sqrt(nu / 2) * (1 - 1 / (4 * nu) + 1 / (32 * nu ** 2) + 5 / (128 * nu ** 3) - 21 / (2048 * nu ** 4))
  )
}

function studentT(nu: number): Known {
  const height = gammaRatio(nu) / Math.sqrt(nu * Math.PI)
  return {
    density: (z) => height * Math.exp((-(nu + 1) / 2) * Math.log1p((z * z) / nu)),
    finiteMean: nu > 1,
    tilt: infinite,
  }
}

const gumbelTilt = (scale: number, sign: 1 | -1) =>
  sign * scale < 1 ? Math.log(mathjs().gamma(1 - sign * scale)) : Number.POSITIVE_INFINITY

const known: Readonly<Record<UtilityFamily, (nu: number) => Known>> = {
  normal: () => ({
    density: (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI),
    tilt: (scale) => scale ** 2 / 2,
  }),
  logistic: () => ({
    density: logisticDensity,
    tilt: below1((scale) => Math.log((Math.PI * scale) / Math.sin(Math.PI * scale))),
  }),
  gumbel: () => ({ density: (z) => Math.exp(-z - Math.exp(-z)), tilt: gumbelTilt }),
  laplace: () => ({
    density: (z) => Math.exp(-Math.abs(z)) / 2,
    kinks: [0],
    tilt: below1((scale) => -Math.log1p(-(scale ** 2))),
  }),
  // log(sinh(s)/s) without overflow.
  uniform: () => ({
    density: (z) => (Math.abs(z) <= 1 ? 0.5 : 0),
    low: -1,
    high: 1,
    tilt: (scale) => scale + Math.log(-Math.expm1(-2 * scale) / (2 * scale)),
  }),
  'student-t': studentT,
}

const names: Names<UtilityDistributionOptions> = { location: true, scale: true, degreesOfFreedom: true }
const densityNames: Names<StandardDensity> = {
  density: true,
  low: true,
  high: true,
  kinks: true,
  finiteMean: true,
}

/** ν of a family that has it; of one that has not, a number that nobody asks for. */
function degreesOf(family: UtilityFamily | StandardDensity, degreesOfFreedom: number | undefined): number {
  if (family === 'student-t') {
    checkPositive('degreesOfFreedom', degreesOfFreedom as number)
    return degreesOfFreedom!
  }
  if (degreesOfFreedom === undefined) return Number.NaN
  const message = `degreesOfFreedom is ${degreesOfFreedom}; only student-t has degrees of freedom`
  throw new NoiseError('INVALID_OPTION', 'degreesOfFreedom', message)
}

function standardOf(family: UtilityFamily | StandardDensity, nu: number): StandardDensity & Partial<Known> {
  if (typeof family === 'string') return choose('family', family, known)(nu)
  checkNames('family', family, densityNames)
  checkFunction('family.density', family.density, 'a density of one number')
  return family
}

/**
 * The distribution of the utilities of responses to one prompt: location + scale·z, where z has a standard density f,
 * so that r has the density f((r − location)/scale)/scale.
 *
 * Source: 2411.04991, Theorem 11, which is about location-scale families. Proven against its equation: densities
 * integrate to one.
 *
 * @param family a name, or a density of one's own, whose mass should lie within some ten units of 0.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function utilityDistribution(
  family: UtilityFamily | StandardDensity,
  options: UtilityDistributionOptions = {},
): UtilityDistribution {
  checkNames('utilityDistribution', options, names)
  const { location = 0, scale = 1 } = options
  checkRange('location', location, Number.NEGATIVE_INFINITY)
  checkPositive('scale', scale)
  const standard = standardOf(family, degreesOf(family, options.degreesOfFreedom))
  const {
    density,
    low = Number.NEGATIVE_INFINITY,
    high = Number.POSITIVE_INFINITY,
    kinks = [],
    tilt,
  } = standard
  const place = (z: number) => location + scale * z
  return {
    density: (r) => density((r - location) / scale) / scale,
    location,
    scale,
    low: place(low),
    high: place(high),
    kinks: kinks.map(place),
    gaussian: family === 'normal',
    finiteMean: standard.finiteMean ?? true,
    ...(tilt && { logMeanExp: (sign: 1 | -1) => sign * location + tilt(scale, sign) }),
  }
}
