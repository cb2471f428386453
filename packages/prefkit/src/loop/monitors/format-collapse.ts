import { eachStage } from './each-stage'
import type { Monitor } from './monitor'
import { type Judge, unknown, watchPoints } from './raise-alerts'
import { bestBefore, errorsApart, isHigher, rolling } from './statistics'
import { percent } from './words'

/** Options of {@link formatCollapse}. */
export interface FormatCollapseOptions {
  /** Names of the share of responses that could be read, the first that is logged. */
  readonly parsed: readonly string[]
  /** Steps that are averaged. Default: 10. */
  readonly window: number
  /** How much the share has to have fallen from its best. Default: 0.1. */
  readonly fall: number
  /** The share below which a fall is critical. Default: 0.5. */
  readonly critical: number
  /** Standard errors between the best mean and the last. Default: 6. */
  readonly errors: number
}

/** Defaults of {@link formatCollapse}. */
export const formatCollapseDefaults: FormatCollapseOptions = {
  ...{
    parsed: ['format/parsed_ratio', 'rewards/format/mean'],
    window: 10,
    fall: 0.1,
    critical: 0.5,
    errors: 6,
  },
}

function judgeStage({ window, fall, critical, errors }: FormatCollapseOptions): Judge {
  const meanOf = rolling(window)
  const bestOf = bestBefore(window, isHigher)
  return ({ value }) => {
    const now = meanOf(value)
    const best = bestOf(now)
    if (!now || !best) return unknown
    const fallen = best.mean - now.mean
    if (!(fallen > fall && errorsApart(now, best) >= errors)) return { isCalm: fallen < fall / 2 }
    const message =
      `Responses lose their form: ${percent(now.mean)} could be read over the last ${window} steps, ` +
      `${percent(best.mean)} at best. What cannot be read ` +
      'gets no reward for what it says. Raise the weight of the format reward, hold the policy nearer to ' +
      'its reference (klWeight), lower the ' +
      'learningRate, or check that responses are not cut off before their answer.'
    return { severity: now.mean < critical ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Format collapse: the mean share of readable responses over 10 steps is 0.1 below its best such mean before, by 6
 * standard errors of the difference (Welch); critical when it is also below 0.5.
 *
 * Of 32 responses a step, 0.9 of which can be read, fewer than 1 of 100 runs of 300 steps have a false alarm; of a
 * share that comes in waves (φ = 0.5), 12. A fall to 0.4 is told of after 8 steps. All is well again when the mean is
 * within 0.05 of its best for 10 steps.
 */
export const formatCollapse: Monitor<FormatCollapseOptions> = (given = {}) => {
  const options = { ...formatCollapseDefaults, ...given }
  const points = { keys: options.parsed, calmPoints: options.window }
  return eachStage(() => watchPoints('format-collapse', points, judgeStage(options)))
}
