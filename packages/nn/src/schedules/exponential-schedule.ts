import { requireNames, requireOption, requireWhole } from '../require-option'
import { createSchedule, type Schedule } from './schedule'

/** Options of {@link exponentialSchedule}. */
export interface ExponentialScheduleOptions {
  /** Value at step 0. */
  value: number
  /** Factor for every `every` steps, > 0. */
  rate: number
  /** Steps in which the value changes by `rate`, ≥ 1. Default: 1. */
  every?: number
}

/** @throws NnError `INVALID_OPTION` for a value that is not finite, a rate ≤ 0 or fewer than one step. */
export function requireDecay({ value, rate, every = 1 }: ExponentialScheduleOptions): void {
  requireOption('value', value, Number.isFinite(value), 'a finite number')
  requireOption('rate', rate, rate > 0 && Number.isFinite(rate), 'a number > 0')
  requireWhole('every', every)
}

/**
 * value·rate^(step / every), smoothly: PyTorch's `ExponentialLR`.
 * @throws NnError `INVALID_OPTION` for a value that is not finite, a rate ≤ 0 or fewer than one step.
 */
export function exponentialSchedule(options: ExponentialScheduleOptions): Schedule {
  requireNames('exponentialSchedule', options, { value: true, rate: true, every: true })
  requireDecay(options)
  const { value, rate, every = 1 } = options
  return createSchedule((ops, step) => {
    // The logarithm is taken in double precision: a power of the rate rounded to f32 drifts with the step.
    const power = ops.exp(ops.mul(ops.constant(Math.log(rate) / every), step))
    return ops.mul(ops.constant(value), power)
  })
}
