import { type BestOfNCurve, bestOfN } from '@prefkit/evals'
import {
  crossValidate,
  featurize,
  groupFolds,
  type Matrix,
  pairsFromComparisons,
  type TrainingRecord,
} from '@prefkit/reward-models'
import type { BackendChoice } from '@prefkit/tensor'
import { evaluateScores, type RewardEvaluation } from '../../reward/evaluate-reward'
import type { DemoDataset, GoldenChoice } from './demo-dataset'
import { type DemoModel, demoModels, demoParts } from './recipe'

/** How the demo runs. */
export interface DemoOptions {
  readonly seed: number
  readonly backend: BackendChoice
  /** Called after each fold. */
  readonly onFold?: () => void
}

/** What one model came to on one data set: every comparison is scored by a model that never saw its group. */
export interface DemoResult {
  readonly dataset: DemoDataset
  readonly model: DemoModel
  readonly evaluation: RewardEvaluation
  /** Training of the first fold. */
  readonly records: readonly TrainingRecord[]
  /** Seconds of training, all folds together. */
  readonly seconds: number
  /** Features of a response. */
  readonly features: number
  readonly bestOfN?: BestOfNCurve
}

/** Cross-validates one model on one data set. */
export async function demoResult(
  dataset: DemoDataset,
  model: DemoModel,
  { seed, backend, onFold }: DemoOptions,
): Promise<DemoResult> {
  const { comparisons, embedder, groupOf } = dataset
  const how = { embedder, parts: demoParts }
  const pairs = await pairsFromComparisons(comparisons, { ...how, groupOf, softLabels: false })
  const golden = placeChoices(dataset.golden ?? [], pairs.features.rows)
  const items = golden.flatMap(({ choice: { prompt, responses } }) =>
    responses.map((response) => ({ prompt, response })),
  )
  const table = stackRows(pairs.features, await featurize(items, how))
  const folds = groupFolds(pairs.groups!, dataset.folds, seed)
  const scores = {
    chosen: new Float32Array(comparisons.length),
    rejected: new Float32Array(comparisons.length),
  }
  const goldenScores = new Map<GoldenChoice, Float32Array>()
  let records: readonly TrainingRecord[] = []
  let seconds = 0
  const data = { ...pairs, features: table }
  const settings = { ...demoModels[model].settings, seed }
  for await (const result of crossValidate(data, folds, settings, { backend })) {
    const { fold, rewards } = result
    for (const at of fold.test) {
      scores.chosen[at] = rewards[pairs.chosen[at]!]!
      scores.rejected[at] = rewards[pairs.rejected[at]!]!
    }
    const tested = new Set(fold.test.map((at) => groupOf(comparisons[at]!)))
    for (const { choice, start } of golden.filter(({ choice: { group } }) => tested.has(group))) {
      goldenScores.set(choice, rewards.slice(start, start + choice.responses.length))
    }
    if (records.length === 0) records = result.records
    seconds += result.seconds
    onFold?.()
  }
  const evaluation = evaluateScores(comparisons, scores.chosen, scores.rejected, comparisons.map(groupOf))
  const curve = goldenScores.size > 0 && bestOfNCurve(goldenScores)
  const found = { evaluation, records, seconds, features: table.columns }
  return { dataset, model, ...found, ...(curve && { bestOfN: curve }) }
}

/** Where the responses of each choice begin, in a table whose first rows are those of the pairs. */
function placeChoices(
  choices: readonly GoldenChoice[],
  rows: number,
): { readonly choice: GoldenChoice; readonly start: number }[] {
  let next = rows
  return choices.map((choice) => {
    const start = next
    next += choice.responses.length
    return { choice, start }
  })
}

/** The rows of one table after those of another. */
function stackRows(first: Matrix, second: Matrix): Matrix {
  if (second.rows === 0) return first
  const data = new Float32Array(first.data.length + second.data.length)
  data.set(first.data)
  data.set(second.data, first.data.length)
  return { ...first, data, rows: first.rows + second.rows }
}

/** Best of 1, 2, 4, … responses, as far as every choice has that many. */
function bestOfNCurve(scored: ReadonlyMap<GoldenChoice, Float32Array>): BestOfNCurve {
  const most = Math.min(...[...scored.values()].map(({ length }) => length))
  const n = Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i)
  return bestOfN({ scores: [...scored.values()], golden: [...scored.keys()].map(({ golden }) => golden), n })
}
