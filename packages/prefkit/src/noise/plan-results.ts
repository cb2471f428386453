import { truncatedKlRate } from '@prefkit/noise'
import type { DesignName } from './design-names'
import type { PlanConfig } from './plan-config'
import type { PlanRecord, UnitFacts, UnitResult } from './plan-simulation'

/** A mean over simulations, with its standard error; NaN from one. */
export interface Mean {
  readonly mean: number
  readonly standardError: number
}

/** What so many labels come to, over all simulations. */
export interface PlanPoint {
  readonly labels: number
  /** Order accuracy, simulated. */
  readonly accuracy: Mean
  /** Order accuracy by asymptotic theory. */
  readonly predicted: number
  /** Wrong labels to be expected among them. */
  readonly expectedWrong: number
  /** Whether so many labels are wrong that asymptotic theory means something. */
  readonly isAsymptotic: boolean
  readonly spearman: Mean
  readonly risk: Mean
  /** The curve of Theorem 20 through the first simulated risk; null where features say nothing of a dimension. */
  readonly riskRate: number | null
}

/** Labels with which a curve reaches the target, and stays there as far as it goes. */
export interface NeededLabels {
  readonly labels: number
  /**
   * `at-most`: with the fewest that were looked at already; `between`: on a line between two numbers of labels; `repeated`:
   * beyond them, the same pairs being labelled again and again.
   */
  readonly how: 'at-most' | 'between' | 'repeated'
  /** Whether so many labels are wrong that asymptotic theory means something; true of what was simulated. */
  readonly isAsymptotic: boolean
}

/** Where more labels came out worse, by more than chance. */
export interface Dip {
  readonly before: PlanPoint
  readonly after: PlanPoint
}

/** A design at an error rate. */
export interface PlanCurve {
  readonly design: DesignName
  readonly errorRate: number
  /** Mean of the calibrated β or rate of flips. */
  readonly parameter: number
  readonly designErrorRate: number
  readonly worth: number | null
  readonly available: number
  readonly points: readonly PlanPoint[]
  /** Null where the target is not reached within the simulated numbers, or is lost again. */
  readonly neededBySimulation: NeededLabels | null
  /** By theory, beyond the simulated numbers too: null where no number of labels of these pairs gives it. */
  readonly neededByTheory: NeededLabels | null
  /** The largest fall of simulated accuracy from one number of labels to the next; null for none beyond chance. */
  readonly dip: Dip | null
}

function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) }
}

/** A linear reward has derivatives of all orders: so many times its dimension bring the exponent to 10/11. */
const smoothnessPerDimension = 10

/**
 * With fewer wrong labels than this to be expected, right ones and wrong ones can nearly be separated: the estimate is then
 * decided by the prior, and its error far from normal.
 */
const fewestWrong = 10

/** Wrong labels to be expected among so many: on a line between the numbers simulated, and in proportion beyond them. */
export function wrongAmong(
  labels: number,
  points: readonly Pick<PlanPoint, 'labels' | 'expectedWrong'>[],
): number {
  const last = points.at(-1)
  if (!last) return 0
  if (labels >= last.labels) return (labels / last.labels) * last.expectedWrong
  const at = points.findIndex((point) => point.labels > labels)
  const [before, after] = [points[at - 1] ?? { labels: 0, expectedWrong: 0 }, points[at]!]
  const share = (labels - before.labels) / (after.labels - before.labels)
  return before.expectedWrong + share * (after.expectedWrong - before.expectedWrong)
}

/** A curve's values by numbers of labels. */
type Values = readonly { readonly labels: number; readonly value: number }[]

/**
 * Where a curve reaches the target for good, on a line through its points over log labels; null where its last point is
 * below.
 */
export function staysAbove(points: Values, target: number): Pick<NeededLabels, 'labels' | 'how'> | null {
  const at = points.findLastIndex(({ value }) => !(value >= target))
  const [before, after] = [points[at], points[at + 1]]
  if (!after) return null
  if (!before) return { labels: after.labels, how: 'at-most' }
  const share = (target - before.value) / (after.value - before.value)
  return { labels: before.labels * (after.labels / before.labels) ** share, how: 'between' }
}

/** Standard errors that are more than chance. */
const beyondChance = 3

/** The largest fall from one number of labels to the next, if it is more than chance. */
export function dipOf(points: readonly PlanPoint[]): Dip | null {
  const falls = points.slice(1).flatMap((after, i) => {
    const before = points[i]!
    const drop = before.accuracy.mean - after.accuracy.mean
    const error = Math.hypot(before.accuracy.standardError, after.accuracy.standardError)
    return drop > beyondChance * error ? [{ before, after, drop }] : []
  })
  const [largest] = falls.toSorted((a, b) => b.drop - a.drop)
  return largest ? { before: largest.before, after: largest.after } : null
}

/** Mean of logarithms, so that one simulation in which it takes long does not decide; null where one is null. */
function geometricMean(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null
  return Math.exp(values.reduce<number>((sum, value) => sum + Math.log(value!), 0) / values.length)
}

const wrongOf = (expectedWrong: number) => ({ expectedWrong, isAsymptotic: expectedWrong >= fewestWrong })

function pointsOf(
  records: readonly PlanRecord[],
  config: PlanConfig,
  dimension: number | undefined,
): PlanPoint[] {
  const byLabels = [...Map.groupBy(records, ({ labels }) => labels)].sort(([a], [b]) => a - b)
  const complete = byLabels.filter(([, own]) => own.length === config.repeats)
  const risks = complete.map(([, own]) => meanOf(own.map(({ risk }) => risk)))
  const start = complete[0]?.[0]
  const rate = (labels: number): number | null =>
    dimension === undefined || !(risks[0]!.mean > 0)
      ? null
      : truncatedKlRate(labels, {
          dimension,
          smoothness: smoothnessPerDimension * dimension,
          calibration: { comparisons: start!, risk: risks[0]!.mean },
        })
  return complete.map(([labels, own], i) => ({
    labels,
    accuracy: meanOf(own.map(({ accuracy }) => accuracy)),
    predicted: meanOf(own.map(({ predicted }) => predicted)).mean,
    ...wrongOf(meanOf(own.map(({ expectedWrong }) => expectedWrong)).mean),
    spearman: meanOf(own.map((record) => record.spearman)),
    risk: risks[i]!,
    riskRate: rate(labels),
  }))
}

const valuesOf = (points: readonly PlanPoint[], value: (point: PlanPoint) => number): Values =>
  points.map((point) => ({ labels: point.labels, value: value(point) }))

/**
 * Labels for the target by theory: between numbers of labels at which it means something, if there are any, or else between
 * those there are; where it is not reached with them, as often as the same pairs have to be labelled.
 */
function neededByTheory(
  points: readonly PlanPoint[],
  target: number,
  byRepeats: number | null,
): NeededLabels | null {
  const telling = points.filter(({ isAsymptotic }) => isAsymptotic)
  const hasTelling = telling.length > 0
  const within = staysAbove(
    valuesOf(hasTelling ? telling : points, ({ predicted }) => predicted),
    target,
  )
  if (within) return { ...within, isAsymptotic: hasTelling }
  if (byRepeats === null) return null
  const labels = Math.max(byRepeats, points.at(-1)?.labels ?? 0)
  return { labels, how: 'repeated', isAsymptotic: wrongAmong(labels, points) >= fewestWrong }
}

function curveOf(
  results: readonly UnitResult[],
  config: PlanConfig,
  dimension: number | undefined,
): PlanCurve {
  const facts: UnitFacts[] = results.map((result) => result.facts)
  const { design, errorRate } = facts[0]!
  const worths = facts.map(({ worth }) => worth)
  const points = pointsOf(
    results.flatMap(({ records }) => records),
    config,
    dimension,
  )
  const target = config.targetAccuracy
  const simulated = staysAbove(
    valuesOf(points, ({ accuracy }) => accuracy.mean),
    target,
  )
  return {
    design,
    errorRate,
    parameter: meanOf(facts.map(({ parameter }) => parameter)).mean,
    designErrorRate: meanOf(facts.map(({ designErrorRate }) => designErrorRate)).mean,
    worth: worths.includes(null) ? null : meanOf(worths as number[]).mean,
    available: Math.min(...facts.map(({ available }) => available)),
    points,
    neededBySimulation: simulated && { ...simulated, isAsymptotic: true },
    neededByTheory: neededByTheory(points, target, geometricMean(facts.map((fact) => fact.neededByTheory))),
    dip: dipOf(points),
  }
}

/**
 * What the simulations of a plan come to, one curve for each design and error rate.
 * @param dimension numbers that the reward depends on, where it is a function of features.
 */
export function planCurves(
  results: readonly UnitResult[],
  config: PlanConfig,
  dimension: number | undefined,
): PlanCurve[] {
  const groups = Map.groupBy(results, ({ facts }) => `${facts.design} ${facts.errorRate}`)
  return [...groups.values()].map((own) => curveOf(own, config, dimension))
}
