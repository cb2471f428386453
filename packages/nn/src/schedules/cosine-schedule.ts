import { requireNames } from '../require-option'
import { between, remaining, requireRamp } from './linear-schedule'
import { createSchedule, type Schedule } from './schedule'

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** Value at step 0. */
  from: number
  /** Value from step `steps` on. Default: 0. */
  to?: number
  /** Steps on the way, ≥ 1. */
  steps: number
}

/**
 * to + (from − to)·½(1 + cos(π·step / steps)), then constant (Loshchilov & Hutter 2017, eq. 5, without restarts):
 * PyTorch's `CosineAnnealingLR` up to `T_max`.
 * @throws NnError `INVALID_OPTION` for ends that are not finite or fewer than one step.
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  requireNames('cosineSchedule', options, { from: true, to: true, steps: true })
  const { from, to = 0, steps } = options
  requireRamp({ from, to, steps })
  return createSchedule((ops, step) => {
    // ½(1 + cos πp) = sin²(π(1 − p)/2), which does not cancel where the rate nears its end.
    const root = ops.sin(ops.mul(ops.constant(Math.PI / 2), remaining(ops, step, steps)))
    return between(ops, from, to, ops.mul(root, root))
  })
}
