import { drawUtilities } from '@prefkit/noise'
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

/**
 * Responses drawn from a population. The reward is the first of the features; the others are as large and say nothing of it.
 * What is fitted to labels does not know that, and would fare the same were the features turned in any way.
 */
export function drawTable(config: PopulationConfig, seed: number): ScoreTable {
  const { prompts, responses, utilities, between, features: width } = config
  const columns = Math.max(1, width)
  const count = prompts * responses
  const means = drawUtilities('normal', { count: prompts * columns, deviation: between, seed: 2 * seed })
  const own = drawUtilities(utilities, { count: count * columns, seed: 2 * seed + 1 })
  const promptOf = (row: number): number => Math.floor(row / responses)
  const promptKeys = Array.from({ length: count }, (_, row) => `${promptOf(row)}`)
  const features = promptKeys.map((_, row) =>
    Array.from(
      { length: columns },
      (_column, k) => means[promptOf(row) * columns + k]! + own[row * columns + k]!,
    ),
  )
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
