import { eachStage } from './each-stage'
import type { Monitor } from './monitor'
import { type Judge, unknown, watchPoints } from './raise-alerts'
import { bestBefore, errorsApart, isLower, rolling } from './statistics'
import { isSurelyBelow } from './sure-level'
import { short, times } from './words'

/** Options of {@link valueDivergence}. */
export interface ValueDivergenceOptions {
  /** Names of the loss of the value model, the first that is logged. */
  readonly losses: readonly string[]
  /** Names of the explained variance of the returns, the first that is logged. */
  readonly explained: readonly string[]
  /** Steps that are averaged. Default: 20, as losses of values are noisy. */
  readonly window: number
  /** How many times its lowest mean the loss is worth a look. Default: 3. */
  readonly factor: number
  /** How many times its lowest mean the loss is critical. Default: 10. */
  readonly critical: number
  /** Standard errors between the lowest mean and the last. Default: 5. */
  readonly errors: number
  /** Steps that a value model has to learn before its explained variance is looked at. Default: 20. */
  readonly warmup: number
}

/** Defaults of {@link valueDivergence}. */
export const valueDivergenceDefaults: ValueDivergenceOptions = {
  losses: ['loss/value_avg'],
  explained: ['value/explained_variance', 'explained_variance'],
  ...{ window: 20, factor: 3, critical: 10, errors: 5, warmup: 20 },
}

const advice =
  'Advantages measured against such values are noise. Lower the learning rate of the critic, clip its ' +
  'values, scale or clip rewards, or let it ' +
  'learn for some steps before the policy does.'

function judgeLoss({ window, factor, critical, errors }: ValueDivergenceOptions): Judge {
  const meanOf = rolling(window)
  const lowestOf = bestBefore(window, isLower)
  return ({ value, key }) => {
    const now = meanOf(value)
    const low = lowestOf(now)
    if (!now || !low) return unknown
    const ratio = now.mean / low.mean
    if (!(ratio > factor && errorsApart(low, now) >= errors)) return { isCalm: ratio < Math.sqrt(factor) }
    const message =
      `The value model diverges: ${key} is ${short(now.mean)} over the last ${window} steps, ` +
      `${times(ratio)} the ` +
      `${short(low.mean)} it was at best. ${advice}`
    return { severity: ratio > critical ? 'critical' : 'warning', isCalm: false, message }
  }
}

function judgeExplained({ window, warmup }: ValueDivergenceOptions): Judge {
  const meanOf = rolling(window)
  let count = 0
  return ({ value, key }) => {
    const now = meanOf(value)
    count++
    if (!now || count < warmup + window) return unknown
    if (!isSurelyBelow(now, 0)) return { isCalm: now.mean > 0 }
    const message =
      `The value model is worse than a constant: ${key} is ${short(now.mean)} over the last ` +
      `${window} steps, and ` +
      `anything below 0 is more wrong than always guessing the mean of the returns. ${advice}`
    return { severity: isSurelyBelow(now, -1) ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Value divergence, told of by loss and by explained variance, each on its own. The loss: its mean over 20 steps is 3
 * times its lowest such mean before, by 5 standard errors of the difference (Welch); critical at 10 times. Explained
 * variance: after 20 steps of learning its mean over 20 steps is below 0 by 3 of its standard errors; critical below
 * −1.
 *
 * Of a stationary loss with exponential noise, fewer than 1 of 100 runs of 300 steps have a false alarm, 9 where the
 * noise comes in waves (φ = 0.5). A loss that becomes 8 times as great is told of after 12 steps. All is well again
 * when the loss is within √3 of its lowest, or the explained variance above 0, for 20 steps.
 */
export const valueDivergence: Monitor<ValueDivergenceOptions> = (given = {}) => {
  const options = { ...valueDivergenceDefaults, ...given }
  const watch = (keys: readonly string[], judge: Judge) =>
    watchPoints('value-divergence', { keys, calmPoints: options.window }, judge)
  return eachStage(() => {
    const watches = [
      watch(options.losses, judgeLoss(options)),
      watch(options.explained, judgeExplained(options)),
    ]
    return (record) => watches.flatMap((own) => own(record))
  })
}
