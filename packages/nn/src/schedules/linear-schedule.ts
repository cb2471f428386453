import { requireNames, requireOption, requireWhole } from '../require-option'
import { createSchedule, type Schedule, type ScheduleArithmetic } from './schedule'

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Value at step 0. */
  from: number
  /** Value from step `steps` on. */
  to: number
  /** Steps on the way, ≥ 1. */
  steps: number
}

/** @throws NnError `INVALID_OPTION` for ends that are not finite or fewer than one step. */
export function requireRamp({ from, to, steps }: LinearScheduleOptions): void {
  requireOption('from', from, Number.isFinite(from), 'a finite number')
  requireOption('to', to, Number.isFinite(to), 'a finite number')
  requireWhole('steps', steps)
}

/** (steps − step) / steps, down to 0: the share that is left. Of whole numbers, so nothing cancels near the end. */
export function remaining<T>(ops: ScheduleArithmetic<T>, step: T, steps: number): T {
  const total = ops.constant(steps)
  return ops.div(ops.sub(total, ops.min(step, total)), total)
}

/** from·share + to·(1 − share), the latter as exact as the former. */
export function between<T>(ops: ScheduleArithmetic<T>, from: number, to: number, share: T): T {
  if (to === 0) return ops.mul(ops.constant(from), share)
  return ops.add(ops.constant(to), ops.mul(ops.constant(from - to), share))
}

/**
 * From one value to another on a straight line, then constant: PyTorch's `LinearLR`.
 * @throws NnError `INVALID_OPTION` for ends that are not finite or fewer than one step.
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  requireNames('linearSchedule', options, { from: true, to: true, steps: true })
  requireRamp(options)
  const { from, to, steps } = options
  return createSchedule((ops, step) => between(ops, from, to, remaining(ops, step, steps)))
}
