import { less, maximum, sub, Tensor, where } from '@prefkit/tensor'
import { requireOption } from '../require-option'
import type { Schedule } from './schedule'

/**
 * Schedules one after another. From `boundaries[i]` on, `schedules[i + 1]` holds, with its steps counted from there.
 * @throws NnError `INVALID_OPTION` unless there is one boundary fewer than schedules, whole and rising from ≥ 0.
 */
export function joinSchedules(schedules: readonly Schedule[], boundaries: readonly number[]): Schedule {
  requireOption('schedules', schedules.length, schedules.length >= 1, 'at least one')
  const expected = `${schedules.length - 1} whole numbers rising from at least 0`
  const rising = boundaries.every(
    (at, i) => Number.isSafeInteger(at) && at >= 0 && !(at <= boundaries[i - 1]!),
  )
  const fits = boundaries.length === schedules.length - 1 && rising
  requireOption('boundaries', boundaries, fits, expected)

  const startOf = (i: number): number => (i === 0 ? 0 : boundaries[i - 1]!)
  function joined(step: number): number
  function joined(step: Tensor): Tensor
  function joined(step: number | Tensor): number | Tensor {
    if (!Tensor.isTensor(step)) {
      const current = boundaries.filter((at) => step >= at).length
      return schedules[current]!(step - startOf(current))
    }
    // A schedule is only asked for steps it has, so that none that is not shown can divide by 0 or overflow.
    const values = schedules.map((schedule, i) => schedule(maximum(sub(step, startOf(i)), 0)))
    return values.reduce((before, value, i) => where(less(step, startOf(i)), before, value))
  }
  return joined
}
