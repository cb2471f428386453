import { eachStage } from './each-stage'
import { lastOf } from './last-of'
import { medianOf } from './median-of'
import type { Monitor } from './monitor'
import { type Judge, unknown, watchPoints } from './raise-alerts'
import { robustDeviation } from './statistics'
import { short, times } from './words'

/** Options of {@link klBlowUp}. */
export interface KlBlowUpOptions {
  /**
   * What is too far from the reference, in nats, by the names of the divergence. Default: `kl`, which is of a token,
   * 1 (the reference would have written each token with a third of the probability); `objective/kl`, which is of a
   * whole response, 50 (2210.10760 finds golden rewards falling between 25 and 100 nats).
   */
  readonly limits: Readonly<Record<string, number>>
  /** How many times the limit is critical. Default: 4. */
  readonly critical: number
  /** Steps whose median is held against the limit. Default: 10. */
  readonly window: number
  /** Steps before a jump that say what is usual. Default: 20. */
  readonly before: number
  /** Steps in a row that a jump lasts. Default: 3. */
  readonly jumpSteps: number
  /** How many times the usual a jump is. Default: 4. */
  readonly jumpFactor: number
  /** How many deviations above the usual a jump is. Default: 8. */
  readonly jumpDeviations: number
  /**
   * The part of the limit below which nothing is a jump: training begins with next to no divergence. Default: 0.1.
   */
  readonly jumpFloor: number
}

/** Defaults of {@link klBlowUp}. */
export const klBlowUpDefaults: KlBlowUpOptions = {
  limits: { kl: 1, 'objective/kl': 50 },
  ...{ critical: 4, window: 10, before: 20, jumpSteps: 3, jumpFactor: 4, jumpDeviations: 8, jumpFloor: 0.1 },
}

const advice =
  'Far from the reference the reward was never tested and language falls apart. Lower the learningRate, ' +
  'raise klWeight or let it adapt, ' +
  'make fewer epochs over the same responses, or go back to an earlier checkpoint.'

/** Of the last numbers those that are all above what was usual before them: undefined where they are not. */
function jumpOf(
  values: readonly number[],
  limit: number,
  { before, jumpSteps, jumpFactor, jumpDeviations, jumpFloor }: KlBlowUpOptions,
) {
  const start = values.length - jumpSteps
  if (start < before) return undefined
  const usual = values.slice(start - before, start)
  const median = medianOf(usual)
  const bar = Math.max(
    limit * jumpFloor,
    jumpFactor * median,
    median + jumpDeviations * robustDeviation(usual),
  )
  const lowest = Math.min(...values.slice(start))
  return lowest > bar ? { from: median, to: lowest } : undefined
}

function judgeStage(options: KlBlowUpOptions): Judge {
  const { critical, window, before, jumpSteps } = options
  const lastValues = lastOf<number>(Math.max(window, before + jumpSteps))
  return ({ value, key }) => {
    const values = lastValues(value)
    // A point has one of their names.
    const limit = options.limits[key]!
    const jump = jumpOf(values, limit, options)
    if (jump) {
      const { from, to } = jump
      const grown = from > 0 ? `, ${times(to / from)} as much` : ''
      const message =
        `The policy jumps away from its reference: ${key} was ${short(from)} nats over ${before} steps ` +
        'and has been above ' +
        `${short(to)} for ${jumpSteps} steps${grown}. ${advice}`
      return { severity: 'critical', isCalm: false, message }
    }
    if (values.length < window) return unknown
    const level = medianOf(values.slice(-window))
    if (level <= limit) return { isCalm: level < limit / 2 }
    const message =
      `The policy is far from its reference: ${key} is ${short(level)} nats (the median of ${window} ` +
      'steps), above ' +
      `${short(level > critical * limit ? critical * limit : limit)}. ${advice}`
    return { severity: level > critical * limit ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * KL blow-up: the policy is too far from its reference, or on its way there at a jump. The first is the median of 10
 * steps above the limit, critical at 4 times it. A jump, which is critical, is 3 steps in a row that are all above 4
 * times the median of the 20 steps before them, above that median by 8 of their deviations (from the median distance
 * to the median, so that single wild steps do not hide the next), and above a tenth of the limit.
 *
 * Medians and steps in a row make it blind to single outliers. A stationary divergence at 0.4 of the limit, with
 * log-normal noise of σ = 0.5, has a false alarm in fewer than 1 of 100 runs of 300 steps, in 4 where the noise comes
 * in waves (φ = 0.5). A jump to 20 times as much is told of at its third step. All is well again when the median is
 * below half the limit for 10 steps.
 */
export const klBlowUp: Monitor<KlBlowUpOptions> = (given = {}) => {
  const options = { ...klBlowUpDefaults, ...given }
  const points = { keys: Object.keys(options.limits), calmPoints: options.window }
  return eachStage(() => watchPoints('kl-blow-up', points, judgeStage(options)))
}
