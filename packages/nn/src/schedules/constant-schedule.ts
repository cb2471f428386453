import { requireOption } from '../require-option'
import { createSchedule, type Schedule } from './schedule'

/**
 * The same value at every step.
 * @throws NnError `INVALID_OPTION` for a value that is not finite.
 */
export function constantSchedule(value: number): Schedule {
  requireOption('value', value, Number.isFinite(value), 'a finite number')
  return createSchedule((ops) => ops.constant(value))
}
