import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { checkInteger, checkNames, checkPositive, choose } from '../check-options'
import { type Generator, streamOf } from '../random/streams'
import type { Modifier } from './annotator'
import { requiredContext } from './required-context'

/** How personal biases are distributed. */
export type BiasDistribution = 'gumbel' | 'gaussian'

/** Options of {@link withPersonalBias}. */
export interface PersonalBiasOptions {
  /** How biases are distributed. Default: `gumbel`. */
  distribution?: BiasDistribution
  /**
   * How much annotators differ in what they think of a pair, in units of reward and above 0: the scale of the logistic
   * difference of two Gumbel biases, or the standard deviation of that of two Gaussian ones. Default: 1.
   */
  scale?: number
  /** Integer that makes the biases repeat exactly. Default: 0. */
  seed?: number
}

/** Uniform in (0, 1]: its logarithm is finite. */
const positive = (generator: Generator) => 1 - uniformFloat64(generator)

/** Biases of which the difference of two has scale 1. */
const distributions: Readonly<Record<BiasDistribution, (generator: Generator) => number>> = {
  // −ln(E) of an exponential E; the double below 1 keeps E above 0.
  gumbel: (generator) => -Math.log(-Math.log(Math.min(positive(generator), 1 - Number.EPSILON / 2))),
  // Box and Muller; √(−2 ln u) over √2, for two biases of variance ½.
  gaussian: (generator) =>
    Math.sqrt(-Math.log(positive(generator))) * Math.cos(2 * Math.PI * uniformFloat64(generator)),
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x62696173

/**
 * A taste of one's own: Δr + b(first, A) − b(second, A), where b is drawn once for each annotator A and item and stays.
 * The same annotator then always sees a pair alike, and different annotators differ: over them, `perfectAnnotator` with
 * this prefers the first response with probability σ(Δr/scale) for Gumbel biases and Φ(Δr/scale) for Gaussian ones, and
 * each of them alone is transitive. `logisticAnnotator` and `probitAnnotator` are the same averaged over annotators.
 *
 * Source: 2411.04991, Assumptions 2 to 4 and Propositions 2 and 3. Proven against its equation, by simulation over
 * annotators.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`; when asked, `MISSING_CONTEXT` where nothing says which items
 *   are compared.
 */
export function withPersonalBias(options: PersonalBiasOptions = {}): Modifier {
  checkNames('withPersonalBias', options, { distribution: true, scale: true, seed: true })
  const { distribution = 'gumbel', scale = 1, seed = 0 } = options
  const draw = choose('distribution', distribution, distributions)
  checkPositive('scale', scale)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const biasOf = (item: number, annotator: number) => scale * draw(streamOf(PURPOSE, seed, annotator, item))
  return (annotator) => (delta, context) => {
    const first = requiredContext('withPersonalBias', 'firstItem', context)
    const second = requiredContext('withPersonalBias', 'secondItem', context)
    const bias = biasOf(first, context.annotator) - biasOf(second, context.annotator)
    return annotator(delta + bias, context)
  }
}
