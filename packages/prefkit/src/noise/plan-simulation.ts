import { setImmediate } from 'node:timers/promises'
import { spearman } from '@prefkit/evals'
import {
  type Annotator,
  annotationErrorRate,
  type Comparisons,
  comparisonsOf,
  type ExpectedChoices,
  effectiveSampleSize,
  expectedChoices,
  expectedOrderAccuracy,
  logisticAnnotator,
  pairColumns,
  repeatsForOrderAccuracy,
  samePromptPairs,
  truncatedKlRisk,
} from '@prefkit/noise'
import { annotatorModel } from './annotator-model'
import { assignmentOf, collectLabels, type LabelledPairs, type PairList, responsesOf } from './collect-labels'
import type { DesignName } from './design-names'
import { designOf } from './designs'
import { fitRewards, type Outcomes } from './fit-rewards'
import type { PlanConfig } from './plan-config'
import type { ScoreTable } from './score-table'

/** One simulation: a design, an error rate, a repeat. */
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
  /** Answers to be expected among them that are not what the annotator is likelier to answer; a tie is half of each. */
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
  /** Labels that theory needs for the target, these very pairs being labelled again and again; null where they do not give it. */
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
export const unitsOf = ({ designs, errorRates, repeats }: PlanConfig): PlanUnit[] =>
  designs.flatMap((design) =>
    errorRates.flatMap((errorRate) =>
      Array.from({ length: repeats }, (_, repeat) => ({ design, errorRate, repeat })),
    ),
  )

/** Random pairs of one prompt: those that error rates are of, and whose order is to be found. */
function promptPairs({ promptKeys, scores }: ScoreTable): PairList {
  const all = pairColumns(samePromptPairs({ prompts: promptKeys }, { balance: 'pairs', budget: testPairs }))
  const places = Array.from(all.first.keys()).filter((i) => scores[all.first[i]!] !== scores[all.second[i]!])
  return { first: places.map((i) => all.first[i]!), second: places.map((i) => all.second[i]!) }
}

/** The same pairs, the better response first. */
const betterFirst = ({ first, second }: PairList, { scores }: ScoreTable): PairList => {
  const isRight = Array.from(first, (a, i) => scores[a]! > scores[second[i]!]!)
  return {
    first: isRight.map((right, i) => (right ? first[i]! : second[i]!)),
    second: isRight.map((right, i) => (right ? second[i]! : first[i]!)),
  }
}

/** Most annotators whose answers to a test pair are averaged. */
const mostAsked = 8

/** The test pairs as annotators who are not tired yet see them, several of them each pair where there are several. */
function restedComparisons(table: ScoreTable, test: PairList, annotators: number, seed: number) {
  const votes = Math.min(annotators, mostAsked)
  const { comparisons, annotators: who } = assignmentOf(test.first.length, { annotators, votes, seed })
  const times = new Float64Array(comparisons.length)
  return { votes, rested: comparisonsOf(responsesOf(table), test, { comparisons, annotators: who, times }) }
}

/** P(first) + P(tie)/2. */
const sharesOf = ({ first, tie }: ExpectedChoices): Float64Array => first.map((p, i) => p + tie[i]! / 2)

/** The mean of each `count` in a row. */
const blockMeans = (values: Float64Array, count: number): Float64Array =>
  Float64Array.from({ length: values.length / count }, (_, block) => {
    const own = values.subarray(block * count, (block + 1) * count)
    return own.reduce((sum, value) => sum + value, 0) / count
  })

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

const firstChoices = ({ first, second, tie }: ExpectedChoices, count: number): ExpectedChoices => ({
  first: first.subarray(0, count),
  second: second.subarray(0, count),
  tie: tie.subarray(0, count),
})

/** Answers other than the likelier one, ties counting half. */
const expectedWrong = (choices: ExpectedChoices): number =>
  sharesOf(choices).reduce((sum, p) => sum + Math.min(p, 1 - p), 0)

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

/** What rewards state of the first response of each pair, being Bradley–Terry. */
function winProbabilities(rewards: Float64Array, { first, second }: PairList): Float64Array {
  const deltas = Float64Array.from(first, (a, i) => rewards[a]! - rewards[second[i]!]!)
  return expectedChoices(deltas, logisticAnnotator()).first
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

/** Who errs at this rate on random pairs of one prompt, before anybody is tired. */
const annotatorAt = (
  errorRate: number,
  table: ScoreTable,
  test: PairList,
  { config }: PlanGround,
  seed: number,
) => {
  const { rested } = restedComparisons(table, test, config.annotators, seed)
  return annotatorModel(config.annotator, rested, { errorRate, seed })
}

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

/** Lets others work, and stops where that is asked for. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate()
  signal?.throwIfAborted()
}

/** The pairs that a design chooses, labelled by annotators. */
function labelPairs(
  unit: PlanUnit,
  table: ScoreTable,
  annotator: Annotator,
  { config, seed, signal }: { config: PlanConfig; seed: number; signal: AbortSignal | undefined },
): Promise<LabelledPairs> {
  const { budgets, annotators } = config
  const budget = budgets.at(-1)!
  const responses = {
    prompts: table.promptKeys,
    scores: table.scores,
    ...(table.features && { features: table.features }),
  }
  const design = designOf(unit.design, responses, { budget, seed })
  const batch = Math.max(1, Math.ceil(budgets[0]! / 2))
  return collectLabels(table, design, budget, { annotator, annotators, votes: 1, seed, batch, signal })
}

/**
 * One simulation: a design chooses pairs, annotators of the error rate label them, rewards are fitted to the first labels, for
 * each number of labels that there are pairs for; and what theory predicts for the same pairs.
 * @throws what the signal is aborted with.
 */
export async function simulateUnit(
  unit: PlanUnit,
  ground: PlanGround,
  signal?: AbortSignal,
): Promise<UnitResult> {
  const { config } = ground
  const { alpha, budgets, targetAccuracy, annotators } = config
  const seed = 1000 * config.seed + unit.repeat
  const table = ground.tableOf(unit.repeat)
  const test = promptPairs(table)
  const { annotator, calibrated } = annotatorAt(unit.errorRate, table, test, ground, seed)
  const labelled = await labelPairs(unit, table, annotator, { config, seed, signal })
  const count = labelled.labels.length
  const asked = comparisonsOf(responsesOf(table), labelled.pairs, {
    annotators: labelled.annotators,
    times: labelled.times,
  })
  const choices = expectedChoices(asked, annotator)
  const { rested, votes } = restedComparisons(table, test, annotators, seed)
  const truth = blockMeans(sharesOf(expectedChoices(rested, annotator)), votes)
  const tests = betterFirst(test, table)
  const inputOf = (n: number) => {
    const { first, second } = prefix(labelled, n)
    const responses = table.features ?? table.scores.length
    return { responses, pairs: { first, second }, choices: firstChoices(choices, n), tests }
  }
  const records: PlanRecord[] = []
  for (const n of budgets.filter((labels) => labels <= count)) {
    await pause(signal)
    const rewards = fitRewards(table, prefix(labelled, n), alpha)
    const stated = winProbabilities(rewards, test)
    records.push({
      ...unit,
      labels: n,
      accuracy: orderAccuracy(rewards, table.scores, test),
      predicted: expectedOrderAccuracy(inputOf(n), { alpha }),
      spearman: meanSpearman(rewards, table),
      risk: truncatedKlRisk(truth, stated),
      expectedWrong: expectedWrong(firstChoices(choices, n)),
    })
  }
  await pause(signal)
  const times =
    count === 0 ? null : repeatsForOrderAccuracy(inputOf(count), { alpha, target: targetAccuracy })
  const best = annotatorAt(Math.min(...config.errorRates), table, test, ground, seed).annotator
  const facts: UnitFacts = {
    ...unit,
    parameter: calibrated!.value,
    designErrorRate: annotationErrorRate(asked, annotator),
    worth: worthOf(asked, annotator, best, config.annotator),
    available: count,
    neededByTheory: times === null ? null : times * count,
  }
  return { facts, records }
}
