import type { OptionNames } from '@prefkit/tensor'
import { requireNames, requireOption, requireWhole } from '../require-option'
import { cosineSchedule } from './cosine-schedule'
import { joinSchedules } from './join-schedules'
import { linearSchedule } from './linear-schedule'
import type { Schedule } from './schedule'

/** Options of {@link warmupLinear} and {@link warmupCosine}. */
export interface WarmupOptions {
  /** Value at step `warmupSteps`, the highest. */
  peak: number
  /** Steps from 0 up to the peak, ≥ 0. */
  warmupSteps: number
  /** Step from which the value is `end`, > `warmupSteps`. */
  totalSteps: number
  /** Value at the end. Default: 0. */
  end?: number
}

type Decay = (options: { from: number; to: number; steps: number }) => Schedule

const names: OptionNames<WarmupOptions> = { peak: true, warmupSteps: true, totalSteps: true, end: true }

function warmup(owner: string, options: WarmupOptions, decay: Decay): Schedule {
  requireNames(owner, options, names)
  const { peak, warmupSteps, totalSteps, end = 0 } = options
  requireWhole('warmupSteps', warmupSteps, 0)
  const later = Number.isSafeInteger(totalSteps) && totalSteps > warmupSteps
  requireOption('totalSteps', totalSteps, later, `a whole number above warmupSteps (${warmupSteps})`)
  const down = decay({ from: peak, to: end, steps: totalSteps - warmupSteps })
  if (warmupSteps === 0) return down
  return joinSchedules([linearSchedule({ from: 0, to: peak, steps: warmupSteps }), down], [warmupSteps])
}

/**
 * Up from 0 on a straight line, then down on another: `get_linear_schedule_with_warmup` of transformers.
 * @throws NnError `INVALID_OPTION` for steps that do not rise or values that are not finite.
 */
export const warmupLinear = (options: WarmupOptions): Schedule =>
  warmup('warmupLinear', options, linearSchedule)

/**
 * Up from 0 on a straight line, then down on half a cosine: `get_cosine_schedule_with_warmup` of transformers up to
 * `totalSteps`, and `end` from there on.
 * @throws NnError `INVALID_OPTION` for steps that do not rise or values that are not finite.
 */
export const warmupCosine = (options: WarmupOptions): Schedule =>
  warmup('warmupCosine', options, cosineSchedule)
