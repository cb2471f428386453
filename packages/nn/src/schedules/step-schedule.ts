import { requireNames } from '../require-option'
import { requireDecay } from './exponential-schedule'
import { createSchedule, type Schedule } from './schedule'

/** Options of {@link stepSchedule}. */
export interface StepScheduleOptions {
  /** Value at step 0. */
  value: number
  /** Factor at each drop, > 0. Default: 0.1. */
  rate?: number
  /** Steps from one drop to the next, ≥ 1. */
  every: number
}

/**
 * value·rate^⌊step / every⌋: PyTorch's `StepLR`.
 * @throws NnError `INVALID_OPTION` for a value that is not finite, a rate ≤ 0 or fewer than one step.
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  requireNames('stepSchedule', options, { value: true, rate: true, every: true })
  const { value, rate = 0.1, every } = options
  requireDecay({ value, rate, every })
  return createSchedule((ops, step) => {
    const drops = ops.floor(ops.div(step, ops.constant(every)))
    return ops.mul(ops.constant(value), ops.exp(ops.mul(ops.constant(Math.log(rate)), drops)))
  })
}
