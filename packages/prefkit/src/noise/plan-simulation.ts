import { spearman } from '@prefkit/evals'
import {
  type Annotator,
  annotationErrorRate,
  type Choice,
  type Comparisons,
  choiceContext,
  comparisonsOf,
  effectiveSampleSize,
  pairColumns,
  samePromptPairs,
  truncatedKlRisk,
} from '@prefkit/noise'
import { annotatorModel } from './annotator-model'
import { collectLabels, type LabelledPairs, type PairList, responsesOf } from './collect-labels'
import type { DesignName } from './design-names'
import { designOf } from './designs'
import { fitRewards, type Outcomes } from './fit-rewards'
import type { PlanConfig } from './plan-config'
import { type ExpectedAnswers, predictAccuracy, scaleForAccuracy } from './plan-theory'
import type { ScoreTable } from './score-table'

/** One simulation: a design, an error rate, a seed. */
export interface PlanUnit {
  readonly design: DesignName
  readonly errorRate: number
  /** From 0. */
  readonly repeat: number
}

/** What so many labels of a simulation came to; a line of the run's metrics. */
export interface PlanRecord extends PlanUnit {
  /** Labels learned from. */
  readonly labels: number
  /** Share of pairs of one prompt that the fitted rewards order as the scores do; equal rewards are half right. */
  readonly accuracy: number
  /** The same as asymptotic theory predicts it for these pairs. */
  readonly predicted: number
  /** Mean over prompts of the rank correlation of rewards with scores. */
  readonly spearman: number
  /** Truncated KL risk of the win probabilities, in nats. */
  readonly risk: number
  /** Wrong labels to be expected among them. */
  readonly expectedWrong: number
}

/** What is the same for all numbers of labels of a simulation. */
export interface UnitFacts extends PlanUnit {
  /** β or rate of flips that gives the error rate. */
  readonly parameter: number
  /** Share of wrong labels to be expected on the pairs that the design chose. */
  readonly designErrorRate: number
  /** Labels of annotators with the lowest error rate of the plan that one label is worth on these pairs; null for none. */
  readonly worth: number | null
  /** Pairs that the design had. */
  readonly available: number
  /** Labels that theory needs for the target, on pairs like those simulated. */
  readonly neededByTheory: number | null
}

/** A finished simulation. */
export interface UnitResult {
  readonly facts: UnitFacts
  readonly records: readonly PlanRecord[]
}

/** Pairs whose order is to be found. */
const testPairs = 2000

/** All simulations of a plan, in order. */
export const unitsOf = ({ designs, errorRates, seeds }: PlanConfig): PlanUnit[] =>
  designs.flatMap((design) =>
    errorRates.flatMap((errorRate) =>
      Array.from({ length: seeds }, (_, repeat) => ({ design, errorRate, repeat })),
    ),
  )

/** Random pairs of one prompt: those that error rates are of, and whose order is to be found. */
function promptPairs({ promptKeys, scores }: ScoreTable): PairList {
  const all = pairColumns(samePromptPairs({ prompts: promptKeys }, { balance: 'pairs', budget: testPairs }))
  const places = Array.from(all.first.keys()).filter((i) => scores[all.first[i]!] !== scores[all.second[i]!])
  return { first: places.map((i) => all.first[i]!), second: places.map((i) => all.second[i]!) }
}

const context = choiceContext()

/** What an annotator is expected to answer to each comparison; the first response is shown first. */
function expectedAnswers(annotator: Annotator, comparisons: Comparisons): ExpectedAnswers {
  const at = (values: ArrayLike<number> | undefined, i: number) => values?.[i] ?? Number.NaN
  const choices: Choice[] = Array.from(comparisons.deltas, (delta, index) =>
    annotator(delta, {
      ...context,
      index,
      firstItem: at(comparisons.firstItems, index),
      secondItem: at(comparisons.secondItems, index),
      firstLength: at(comparisons.firstLengths, index),
      secondLength: at(comparisons.secondLengths, index),
    }),
  )
  const share = Float64Array.from(choices, ({ first, tie }) => first + tie / 2)
  const variance = Float64Array.from(choices, ({ first, tie }, i) => first + tie / 4 - share[i]! ** 2)
  return { share, variance }
}

/** The first `count` of what was labelled. */
function prefix({ pairs, labels }: LabelledPairs, count: number): Outcomes {
  const won = (label: number) => (1 + label) / 2
  const part = labels.subarray(0, count)
  return {
    first: Array.from(pairs.first).slice(0, count),
    second: Array.from(pairs.second).slice(0, count),
    forFirst: Array.from(part, won),
    forSecond: Array.from(part, (label) => won(-label)),
  }
}

const slice = ({ share, variance }: ExpectedAnswers, count: number): ExpectedAnswers => ({
  share: share.subarray(0, count),
  variance: variance.subarray(0, count),
})

/** The less likely answer is the wrong one, ties counting half. */
const expectedWrong = ({ share }: ExpectedAnswers): number =>
  share.reduce((sum, p) => sum + Math.min(p, 1 - p), 0)

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** How well rewards tell the order of the test pairs. */
function orderAccuracy(
  rewards: Float64Array,
  scores: readonly number[],
  { first, second }: PairList,
): number {
  let right = 0
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!]
    right += (1 + Math.sign((rewards[a]! - rewards[b]!) * (scores[a]! - scores[b]!))) / 2
  }
  return right / first.length
}

/** Mean over prompts of Spearman's correlation; prompts where it is not defined, as all rewards are alike, count as 0. */
function meanSpearman(rewards: Float64Array, { promptKeys, scores }: ScoreTable): number {
  const groups = [...Map.groupBy(promptKeys.keys(), (row) => promptKeys[row]!).values()]
  const telling = groups.filter((rows) => new Set(rows.map((row) => scores[row]!)).size > 1)
  const values = telling.map((rows): number => {
    const found = spearman(
      rows.map((row) => rewards[row]!),
      rows.map((row) => scores[row]!),
    )
    return found !== null && Number.isFinite(found) ? found : 0
  })
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** What all simulations of a plan share. */
export interface PlanGround {
  readonly config: PlanConfig
  /** The table of a repeat: the user's, or one drawn for it. */
  readonly tableOf: (repeat: number) => ScoreTable
}

/** Who errs at this rate on random pairs of one prompt. */
const annotatorAt = (
  errorRate: number,
  table: ScoreTable,
  test: PairList,
  { config }: PlanGround,
  seed: number,
) => annotatorModel(config.annotator, comparisonsOf(responsesOf(table), test), { errorRate, seed })

/**
 * Makes sure that there are annotators of every error rate.
 * @throws PrefkitError, NoiseError: as `annotatorModel`.
 */
export function checkAnnotators(ground: PlanGround): void {
  const table = ground.tableOf(0)
  const test = promptPairs(table)
  for (const errorRate of ground.config.errorRates) annotatorAt(errorRate, table, test, ground, 0)
}

/** What labels are worth; null for annotators that are steps, of which derivatives tell nothing. */
const worthOf = (
  pairs: Comparisons,
  annotator: Annotator,
  reference: Annotator,
  { annotator: kind, worstCase }: PlanConfig['annotator'],
): number | null =>
  kind === 'perfect' || worstCase !== undefined
    ? null
    : effectiveSampleSize(pairs, annotator, { reference }).efficiency

/**
 * One simulation: a design chooses pairs, annotators of the error rate label them, rewards are fitted to the first labels, for
 * each number of labels that there are pairs for; and what theory predicts for the same pairs.
 */
export async function simulateUnit(
  unit: PlanUnit,
  ground: PlanGround,
  signal?: AbortSignal,
): Promise<UnitResult> {
  const { config } = ground
  const { alpha, labels: grid, targetQuality } = config
  const seed = 1000 * config.seed + unit.repeat
  const table = ground.tableOf(unit.repeat)
  const test = promptPairs(table)
  const { annotator, calibrated } = annotatorAt(unit.errorRate, table, test, ground, seed)
  const budget = grid.at(-1)!
  const responses = {
    prompts: table.promptKeys,
    scores: table.scores,
    ...(table.features && { features: table.features }),
  }
  const design = designOf(unit.design, responses, { budget, seed })
  const batch = Math.max(1, Math.ceil(grid[0]! / 2))
  const labelling = { annotator, annotators: 1, votes: 1, seed, batch, signal }
  const labelled = await collectLabels(table, design, budget, labelling)
  const count = labelled.labels.length
  const asked = comparisonsOf(responsesOf(table), labelled.pairs)
  const answers = expectedAnswers(annotator, asked)
  const truth = expectedAnswers(annotator, comparisonsOf(responsesOf(table), test)).share
  const better = Array.from(test.first, (a, i) =>
    Math.sign(table.scores[a]! - table.scores[test.second[i]!]!),
  )
  const predictor = (n: number) => {
    const { first, second } = prefix(labelled, n)
    return predictAccuracy({
      table,
      pairs: { first, second },
      answers: slice(answers, n),
      alpha,
      test,
      better,
    })
  }
  const records = grid
    .filter((n) => n <= count)
    .map((n) => {
      const rewards = fitRewards(table, prefix(labelled, n), alpha)
      const stated = Float64Array.from(test.first, (a, i) => sigmoid(rewards[a]! - rewards[test.second[i]!]!))
      return {
        ...unit,
        labels: n,
        accuracy: orderAccuracy(rewards, table.scores, test),
        predicted: predictor(n)(1),
        spearman: meanSpearman(rewards, table),
        risk: truncatedKlRisk(truth, stated),
        expectedWrong: expectedWrong(slice(answers, n)),
      }
    })
  const scale = count === 0 ? null : scaleForAccuracy(predictor(count), targetQuality)
  const best = annotatorAt(Math.min(...config.errorRates), table, test, ground, seed).annotator
  const facts: UnitFacts = {
    ...unit,
    parameter: calibrated!.value,
    designErrorRate: annotationErrorRate(asked, annotator),
    worth: worthOf(asked, annotator, best, config.annotator),
    available: count,
    neededByTheory: scale === null ? null : scale * count,
  }
  return { facts, records }
}
