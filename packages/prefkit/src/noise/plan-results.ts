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
  /** Whether so many labels are wrong that asymptotic theory means something. */
  readonly isAsymptotic: boolean
  readonly spearman: Mean
  readonly risk: Mean
  /** The curve of Theorem 20 through the first simulated risk; null where features say nothing of a dimension. */
  readonly riskRate: number | null
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
  /** Labels at which the target is reached: null where it is not within the simulated numbers. */
  readonly neededBySimulation: number | null
  /** By theory, beyond the simulated numbers too: null where no number of labels gives it. */
  readonly neededByTheory: number | null
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
 * decided by the prior, and its error far from normal. In the default plan with 20 seeds theory is off by up to 18 points below,
 * and 1.1 above.
 */
const fewestWrong = 10

/** Whether theory means something at so many labels. */
export const isAsymptotic = (labels: number, { designErrorRate }: PlanCurve): boolean =>
  labels * designErrorRate >= fewestWrong

/** Where a curve first reaches the target, on a line through its points over log labels; null where it does not. */
export function firstReaching(
  points: readonly { readonly labels: number; readonly value: number }[],
  target: number,
): number | null {
  const at = points.findIndex(({ value }) => value >= target)
  if (at < 0) return null
  const [before, after] = [points[at - 1], points[at]!]
  // Already there with the fewest labels that were tried.
  if (!before) return after.labels
  const share = (target - before.value) / (after.value - before.value)
  return before.labels * (after.labels / before.labels) ** share
}

/** Mean of logarithms, so that one simulation in which it takes long does not decide; null where one is null. */
function geometricMean(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null
  return Math.exp(values.reduce<number>((sum, value) => sum + Math.log(value!), 0) / values.length)
}

function pointsOf(
  records: readonly PlanRecord[],
  config: PlanConfig,
  dimension: number | undefined,
): PlanPoint[] {
  const byLabels = [...Map.groupBy(records, ({ labels }) => labels)].sort(([a], [b]) => a - b)
  const complete = byLabels.filter(([, own]) => own.length === config.seeds)
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
    isAsymptotic: meanOf(own.map(({ expectedWrong }) => expectedWrong)).mean >= fewestWrong,
    spearman: meanOf(own.map((record) => record.spearman)),
    risk: risks[i]!,
    riskRate: rate(labels),
  }))
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
  const valuesOf = (value: (point: PlanPoint) => number) =>
    points.map((point) => ({ labels: point.labels, value: value(point) }))
  const target = config.targetQuality
  const withinGrid = firstReaching(
    valuesOf(({ predicted }) => predicted),
    target,
  )
  const isFirst = withinGrid === points[0]?.labels
  const beyond = geometricMean(facts.map(({ neededByTheory }) => neededByTheory))
  return {
    design,
    errorRate,
    parameter: meanOf(facts.map(({ parameter }) => parameter)).mean,
    designErrorRate: meanOf(facts.map(({ designErrorRate }) => designErrorRate)).mean,
    worth: worths.includes(null) ? null : meanOf(worths as number[]).mean,
    available: Math.min(...facts.map(({ available }) => available)),
    points,
    neededBySimulation: firstReaching(
      valuesOf(({ accuracy }) => accuracy.mean),
      target,
    ),
    neededByTheory: isFirst ? withinGrid : (withinGrid ?? beyond),
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
