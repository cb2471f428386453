import {
  type BoostedTrees,
  boostTrees,
  type CustomMetric,
  checkParameters,
  type IterationRecord,
} from '@prefkit/trees'
import { RewardModelError } from '../reward-model-error'
import { type PairFigures, pairFigures, type ScoredPairs } from './pair-figures'
import type { TreeRows } from './tree-rows'
import { parametersOf, type TreesOptions } from './trees-options'

/** A round of boosting. */
export interface Round {
  /** All trees so far. */
  readonly trees: BoostedTrees
  /** Of the training pairs, after the round. */
  readonly learnt: PairFigures
  /** Of the pairs held out. */
  readonly held: PairFigures | undefined
}

/** Rows to grow on, and rows to watch. */
export interface BoostedRows {
  readonly training: TreeRows
  readonly validation: TreeRows | undefined
}

/** How rounds are boosted. */
interface RoundSettings {
  readonly options: TreesOptions
  /** The member's. */
  readonly seed: number
  /** Trees to go on from. */
  readonly from: BoostedTrees | undefined
}

/**
 * Boosts round by round; ends where no tree can be split any more.
 * @throws RewardModelError `NO_SPLIT` where the first cannot.
 */
export async function* boostRounds(
  { training, validation }: BoostedRows,
  { options, seed, from }: RoundSettings,
): AsyncGenerator<Round, void> {
  const sets = { training: training.pairs, ...(validation && { validation: validation.pairs }) }
  const iterations = boostTrees(training.data, parametersOf(options, seed), {
    ...(validation && { validation: { validation: validation.data } }),
    ...(from && { continueFrom: from }),
    metric: metricOf(sets, options),
  })
  let grown = from !== undefined
  for await (const record of iterations) {
    // Such a tree is of one leaf, and is not kept.
    if (record.leaves.every((leaves) => leaves === 1)) continue
    grown = true
    yield roundOf(record)
  }
  if (!grown) throw noSplit(options, training)
}

/** The figures of each set of pairs, at its scores. */
const metricOf =
  (sets: Readonly<Record<string, ScoredPairs>>, options: TreesOptions): CustomMetric =>
  (scores, _, dataset) =>
    Object.entries(pairFigures(scores, sets[dataset]!, options) ?? {}).map(([name, value]) => ({
      ...{ name, value },
      higherIsBetter: name !== 'loss',
    }))

function roundOf({ metrics: { training, validation }, model }: IterationRecord): Round {
  // The metric gives every figure of pairs, and neither set is without pairs.
  const figures = (values: Readonly<Record<string, number>>) => values as unknown as PairFigures
  return { trees: model(), learnt: figures(training!), held: validation && figures(validation) }
}

function noSplit({ trees }: TreesOptions, { data: { features }, pairs }: TreeRows): RewardModelError {
  const { rows, columns, data } = features
  const place = `no split of ${rows} rows`
  const message = data.every((value, i) => i < columns || sameValue(value, data[i - columns]!))
    ? `${place}: every column of the features has one value; learn from features that vary`
    : isUndecided(pairs)
      ? `${place}: every preference is 0.5, which prefers neither response; learn from comparisons that prefer one`
      : `${place} ${limits(trees)}`
  return new RewardModelError('NO_SPLIT', message)
}

const sameValue = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

const isUndecided = ({ preference }: ScoredPairs): boolean =>
  preference !== undefined && Array.from(preference).every((p) => p === 0.5)

/** What a split has to keep to, all of which LightGBM has a default for. */
function limits(trees: TreesOptions['trees']): string {
  const { min_data_in_leaf, min_sum_hessian_in_leaf, min_gain_to_split } = checkParameters(trees)
  const sides = `leaves trees.min_data_in_leaf (${min_data_in_leaf}) rows and trees.min_sum_hessian_in_leaf (${min_sum_hessian_in_leaf}) on both sides`
  const gain = `gains more than trees.min_gain_to_split (${min_gain_to_split})`
  return `${sides} and ${gain}; lower what is in the way, or learn from more comparisons`
}
