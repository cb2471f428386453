import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { UtilityName } from './design-names'
import type { ScoreTable } from './score-table'

/** A population of responses to plan with. */
export interface PopulationConfig {
  readonly prompts: number
  /** Responses to each prompt. */
  readonly responses: number
  /** How utilities of the responses to one prompt are distributed; they have standard deviation 1. */
  readonly utilities: UtilityName
  /** Standard deviation of the prompts' means, which are Gaussian. */
  readonly between: number
  /** Features of which the reward is a linear function. */
  readonly features: number
}

/** Uniform in (0, 1): neither end's quantile is finite. */
type Uniform = () => number

const EULER = 0.5772156649015329

const gaussian = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

/** Draws of mean 0 and standard deviation 1. */
const families: Readonly<Record<UtilityName, (uniform: Uniform) => number>> = {
  normal: gaussian,
  logistic: (uniform) => {
    const u = uniform()
    return (Math.sqrt(3) / Math.PI) * Math.log(u / (1 - u))
  },
  gumbel: (uniform) => (-Math.log(-Math.log(uniform())) - EULER) * (Math.sqrt(6) / Math.PI),
  laplace: (uniform) => {
    const u = uniform() - 0.5
    return (-Math.sign(u) * Math.log(1 - 2 * Math.abs(u))) / Math.SQRT2
  },
  uniform: (uniform) => Math.sqrt(12) * (uniform() - 0.5),
}

/**
 * Responses drawn from a population. The reward is the first of the features; the others are as large and say nothing of it.
 * What is fitted to labels does not know that, and would fare the same were the features turned in any way.
 */
export function drawTable(config: PopulationConfig, seed: number): ScoreTable {
  const { prompts, responses, utilities, between, features: width } = config
  const generator = xoroshiro128plus(seed)
  const uniform = () => uniformFloat64(generator) || Number.EPSILON / 2
  const draw = families[utilities]
  const promptKeys: string[] = []
  const features: number[][] = []
  for (let prompt = 0; prompt < prompts; prompt++) {
    const means = Array.from({ length: Math.max(1, width) }, () => between * gaussian(uniform))
    for (let response = 0; response < responses; response++) {
      promptKeys.push(`${prompt}`)
      features.push(means.map((mean) => mean + draw(uniform)))
    }
  }
  const ids = promptKeys.map((prompt, row) => `${prompt}:${row % responses}`)
  return {
    promptKeys,
    prompts: promptKeys,
    responses: ids,
    ids,
    scores: features.map((row) => row[0]!),
    lengths: undefined,
    authors: undefined,
    features: width > 0 ? features : undefined,
    pairs: undefined,
  }
}
