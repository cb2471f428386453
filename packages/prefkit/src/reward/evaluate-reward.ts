import { type Comparison, promptText, responseText } from '@prefkit/datasets'
import { type ComparisonReport, evaluateComparisons } from '@prefkit/evals'
import {
  pairsFromComparisons,
  type RewardModel,
  type ScoreOptions,
  scoreFeatures,
} from '@prefkit/reward-models'
import type { Embedder } from '@prefkit/reward-models/embedders'
import { PrefkitError } from '../prefkit-error'
import { type WorkOptions, watchEmbedding } from './progress'

/** What a model makes of comparisons, one score a side. */
export interface RewardEvaluation {
  readonly comparisons: readonly Comparison[]
  readonly chosenScores: Float32Array
  readonly rejectedScores: Float32Array
  readonly report: ComparisonReport
}

/**
 * Scores both sides of every comparison with a model and evaluates the scores.
 * @throws PrefkitError `INVALID_CONFIG` when the model does not say how its features are made of text.
 */
export async function evaluateReward(
  model: RewardModel,
  comparisons: readonly Comparison[],
  embedder: Embedder,
  { onProgress, signal, ...scoring }: WorkOptions & ScoreOptions = {},
): Promise<RewardEvaluation> {
  const { parts } = requireFeatures(model)
  const pairs = await pairsFromComparisons(
    comparisons,
    { embedder, parts },
    watchEmbedding({ onProgress, signal }),
  )
  const rewards = await scoreFeatures(model, pairs.features, scoring)
  return evaluateScores(
    comparisons,
    Float32Array.from(pairs.chosen, (row) => rewards[row]!),
    Float32Array.from(pairs.rejected, (row) => rewards[row]!),
  )
}

/**
 * Evaluates scores that are known already; lengths and sources are the comparisons'.
 * @param groups what the confidence interval draws whole; default: the prompts.
 */
export function evaluateScores(
  comparisons: readonly Comparison[],
  chosenScores: Float32Array,
  rejectedScores: Float32Array,
  groups = comparisons.map((comparison, i) => promptText(comparison) || `${i}`),
): RewardEvaluation {
  const sources = comparisons.map(({ source }) => source ?? '')
  const report = evaluateComparisons({
    chosenScores,
    rejectedScores,
    chosenLengths: comparisons.map(({ chosen }) => responseText(chosen).length),
    rejectedLengths: comparisons.map(({ rejected }) => responseText(rejected).length),
    groups,
    ...(new Set(sources).size > 1 && { sources }),
  })
  return { comparisons, chosenScores, rejectedScores, report }
}

/**
 * How a model's features are made of text.
 * @throws PrefkitError `INVALID_CONFIG` when it was trained on vectors of another origin.
 */
export function requireFeatures(model: RewardModel): NonNullable<RewardModel['features']> {
  if (model.features) return model.features
  const message = 'the model was trained on vectors and does not say how they are made of text'
  throw new PrefkitError(
    'INVALID_CONFIG',
    `${message}; score vectors with scoreFeatures of @prefkit/reward-models`,
  )
}
