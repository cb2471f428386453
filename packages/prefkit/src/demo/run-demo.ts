import { type BestOfNCurve, bestOfN } from '@prefkit/evals'
import {
  crossValidate,
  featurize,
  groupFolds,
  type Objective,
  pairsFromComparisons,
  type RewardModel,
  scoreFeatures,
  type TrainingRecord,
} from '@prefkit/reward-models'
import type { BackendChoice } from '@prefkit/tensor'
import { evaluateScores, type RewardEvaluation } from '../reward/evaluate-reward'
import type { DemoDataset, GoldenChoice } from './demo-dataset'
import { demoModel, demoParts } from './recipe'

/** How the demo runs. */
export interface DemoOptions {
  readonly seed: number
  readonly backend: BackendChoice
  /** Called after each fold. */
  readonly onFold?: () => void
}

/** What one objective came to on one data set: every comparison is scored by a model that never saw its group. */
export interface DemoResult {
  readonly dataset: DemoDataset
  readonly objective: Objective
  readonly evaluation: RewardEvaluation
  /** Training of the first fold. */
  readonly records: readonly TrainingRecord[]
  /** Seconds of training, all folds together. */
  readonly seconds: number
  /** Features of a response. */
  readonly features: number
  readonly bestOfN?: BestOfNCurve
}

/** The objectives that the demo compares. */
export const demoObjectives: readonly Objective[] = ['bt', 'clf']

/** Cross-validates one objective on one data set. */
export async function demoResult(
  dataset: DemoDataset,
  objective: Objective,
  { seed, backend, onFold }: DemoOptions,
): Promise<DemoResult> {
  const { comparisons, embedder, groupOf, golden = [] } = dataset
  const pairs = await pairsFromComparisons(comparisons, {
    embedder,
    parts: demoParts,
    groupOf,
    softLabels: false,
  })
  const folds = groupFolds(pairs.groups!, dataset.folds, seed)
  const chosenScores = new Float32Array(comparisons.length)
  const rejectedScores = new Float32Array(comparisons.length)
  const goldenScores = new Map<GoldenChoice, Float32Array>()
  let records: readonly TrainingRecord[] = []
  let seconds = 0
  for await (const result of crossValidate(pairs, folds, demoModel(objective, seed), { backend })) {
    const { fold, rewards, model } = result
    for (const at of fold.test) {
      chosenScores[at] = rewards[pairs.chosen[at]!]!
      rejectedScores[at] = rewards[pairs.rejected[at]!]!
    }
    const tested = new Set(fold.test.map((at) => groupOf(comparisons[at]!)))
    for (const choice of golden.filter(({ group }) => tested.has(group))) {
      goldenScores.set(choice, await scoreChoice(choice, model, dataset, backend))
    }
    if (records.length === 0) records = result.records
    seconds += result.seconds
    onFold?.()
  }
  const evaluation = evaluateScores(comparisons, chosenScores, rejectedScores, comparisons.map(groupOf))
  const curve = goldenScores.size > 0 && bestOfNCurve(goldenScores)
  const features = pairs.features.columns
  return { dataset, objective, evaluation, records, seconds, features, ...(curve && { bestOfN: curve }) }
}

async function scoreChoice(
  { prompt, responses }: GoldenChoice,
  model: RewardModel,
  { embedder }: DemoDataset,
  backend: BackendChoice,
): Promise<Float32Array> {
  const items = responses.map((response) => ({ prompt, response }))
  return scoreFeatures(model, await featurize(items, { embedder, parts: demoParts }), { backend })
}

/** Best of 1, 2, 4, … responses, as far as every choice has that many. */
function bestOfNCurve(scored: ReadonlyMap<GoldenChoice, Float32Array>): BestOfNCurve {
  const most = Math.min(...[...scored.values()].map(({ length }) => length))
  const n = Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i)
  return bestOfN({ scores: [...scored.values()], golden: [...scored.keys()].map(({ golden }) => golden), n })
}
