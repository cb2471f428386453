import type { StepRecord } from '../step-record'
import type { Alert, Monitor } from './monitor'
import { numberOf, type Point, pointsByStage } from './points'
import { inOrder, type Judgement, raiseAlerts, unknown } from './raise-alerts'
import { rolling } from './statistics'
import { isSurelyAbove } from './sure-level'
import { percent } from './words'

/** Options of {@link positionGap}. */
export interface PositionGapOptions {
  /** Name of the accuracy on pairs whose better response comes first. */
  readonly front: string
  /** Name of the accuracy on pairs whose better response comes second. */
  readonly back: string
  /** Name of their difference, front − back or without its sign, for steps that log it alone. */
  readonly gap: string
  /** Measurements that are averaged. Default: 5. */
  readonly window: number
  /**
   * Difference of the accuracies that is worth a look. Default: 0.1: one pair in ten is then decided by its order.
   */
  readonly limit: number
  /** Difference that is critical. Default: 0.25. */
  readonly critical: number
}

/** Defaults of {@link positionGap}. */
export const positionGapDefaults: PositionGapOptions = {
  ...{ front: 'accuracy/front', back: 'accuracy/back', gap: 'accuracy/gap' },
  ...{ window: 5, limit: 0.1, critical: 0.25 },
}

const signedGap = (record: StepRecord, { front, back, gap }: PositionGapOptions): number | undefined => {
  const [first, second] = [numberOf(record, front), numberOf(record, back)]
  return first !== undefined && second !== undefined ? first - second : numberOf(record, gap)
}

function judgeStage(points: readonly Point[], { window, limit, critical }: PositionGapOptions) {
  const means = rolling(
    points.map(({ value }) => value),
    window,
  )
  return (i: number): Judgement => {
    const now = means[i]
    if (!now) return unknown
    const size = { ...now, mean: Math.abs(now.mean) }
    if (!isSurelyAbove(size, limit)) return { isCalm: size.mean < limit / 2 }
    const better = now.mean > 0 ? 'first' : 'second'
    const message =
      `The judge goes by position: over the last ${window} measurements it is ${percent(size.mean)} more ` +
      'often right when the better response ' +
      `comes ${better}. Rewards that depend on the order teach nothing about the responses. Train on ` +
      'both orders of each pair, weigh the ' +
      'position consistency more (zeta), and average both orders when judging.'
    return { severity: isSurelyAbove(size, critical) ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Position-accuracy gap of a pairwise judge that is being trained: the mean of `accuracy/front` − `accuracy/back`
 * over 5 measurements is beyond ±0.1 by 3 of its standard errors; critical beyond ±0.25.
 *
 * Of a gap of 0 that scatters by 0.1, fewer than 1 of 100 runs of 100 measurements have a false alarm, 8 where the
 * noise comes in waves (φ = 0.5). A gap of 0.3 is told of after 5 measurements, in 19 of 20 runs within 7. All is
 * well again when the mean is within ±0.05 for 5 measurements.
 */
export const positionGap: Monitor<PositionGapOptions> = (records, given = {}): Alert[] => {
  const options = { ...positionGapDefaults, ...given }
  // As records of the difference, whatever it was logged as.
  const gaps = records.map(({ stage, step, ...record }): StepRecord => {
    const value = signedGap({ stage, step, ...record }, options)
    return { stage, step, ...(value !== undefined && { gap: value }) }
  })
  const alerts = pointsByStage(gaps, ['gap']).flatMap((points) =>
    raiseAlerts('position-gap', points, options.window, judgeStage(points, options)),
  )
  return inOrder(alerts)
}
