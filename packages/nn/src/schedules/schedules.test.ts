import { tensor } from '@prefkit/tensor'
import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { constantSchedule } from './constant-schedule'
import { cosineSchedule } from './cosine-schedule'
import { exponentialSchedule } from './exponential-schedule'
import { joinSchedules } from './join-schedules'
import { linearSchedule } from './linear-schedule'
import { stepSchedule } from './step-schedule'
import { warmupCosine, warmupLinear } from './warmup'

const schedules = {
  constant: constantSchedule(0.5),
  linear: linearSchedule({ from: 1, to: 0.25, steps: 1000 }),
  cosine: cosineSchedule({ from: 1, steps: 1000 }),
  exponential: exponentialSchedule({ value: 1, rate: 0.999, every: 3 }),
  step: stepSchedule({ value: 1, rate: 0.5, every: 77 }),
  warmupLinear: warmupLinear({ peak: 1, warmupSteps: 10, totalSteps: 1000, end: 0.1 }),
  warmupCosine: warmupCosine({ peak: 1, warmupSteps: 10, totalSteps: 1000, end: 0.1 }),
}

describe.each(Object.entries(schedules))('%s', (_, schedule) => {
  it('is the same for numbers and tensors, to f32', () => {
    assert(
      property(integer({ min: 0, max: 2000 }), (step) => {
        const value = schedule(step)
        const traced = schedule(tensor(step, { dtype: 'i32' }))
        expect([traced.dtype, traced.shape]).toEqual(['f32', []])
        // Relative, also where the rate is near its end: nothing cancels.
        expect(Math.abs(traced.item() - value)).toBeLessThanOrEqual(1e-6 * value)
      }),
    )
  })
})

it('the last steps of a decay keep their digits', () => {
  const schedule = warmupCosine({ peak: 1, warmupSteps: 0, totalSteps: 10_000 })
  const exact = Math.sin(Math.PI / 2 / 10_000) ** 2
  expect(schedule(tensor(9999, { dtype: 'i32' })).item() / exact).toBeCloseTo(1, 6)
})

it('what has ended stays at its end', () => {
  expect(linearSchedule({ from: 1, to: 0.25, steps: 10 })(1e6)).toBe(0.25)
  expect(cosineSchedule({ from: 1, to: 0.25, steps: 10 })(1e6)).toBe(0.25)
  expect(warmupCosine({ peak: 1, warmupSteps: 5, totalSteps: 10 })(11)).toBe(0)
})

describe('joinSchedules', () => {
  const joined = joinSchedules([constantSchedule(1), linearSchedule({ from: 4, to: 0, steps: 4 })], [3])

  it('hands over at the boundary and counts from there', () => {
    expect([0, 2, 3, 4, 7, 9].map((step) => joined(step))).toEqual([1, 1, 4, 3, 0, 0])
    const steps = tensor([0, 2, 3, 4, 7, 9], { dtype: 'i32' })
    expect(joined(steps).toArray()).toEqual([1, 1, 4, 3, 0, 0])
  })

  it('never asks a schedule for a step before its first', () => {
    const growing = exponentialSchedule({ value: 1, rate: 1e-30 })
    const late = joinSchedules([constantSchedule(1), growing], [5])
    expect(late(tensor(0, { dtype: 'i32' })).item()).toBe(1)
  })

  it.each([[[3, 2]], [[-1, 2]], [[1.5, 2]], [[1]], [[2, 2]]])('refuses boundaries %j', (boundaries) => {
    const three = [constantSchedule(1), constantSchedule(2), constantSchedule(3)]
    expect(() => joinSchedules(three, boundaries)).toThrow(
      `boundaries: expected 2 whole numbers rising from at least 0, got [${boundaries.join(', ')}]`,
    )
  })

  it('needs a schedule', () => {
    expect(() => joinSchedules([], [])).toThrow(/^schedules: expected at least one, got 0$/)
  })
})

describe('options out of range', () => {
  const rows: [() => unknown, RegExp][] = [
    [() => constantSchedule(Number.NaN), /^value: expected a finite number, got NaN$/],
    [
      () => linearSchedule({ from: 1, to: 0, steps: 0 }),
      /^steps: expected a whole number of at least 1, got 0$/,
    ],
    [() => cosineSchedule({ from: Number.POSITIVE_INFINITY, steps: 1 }), /^from: expected a finite number/],
    [() => exponentialSchedule({ value: 1, rate: 0 }), /^rate: expected a number > 0, got 0$/],
    [() => stepSchedule({ value: 1, every: 0.5 }), /^every: expected a whole number of at least 1, got 0.5$/],
    [
      () => warmupLinear({ peak: 1, warmupSteps: 10, totalSteps: 10 }),
      /^totalSteps: expected a whole number above warmupSteps \(10\), got 10$/,
    ],
    [() => warmupCosine({ peak: 1, warmupSteps: -1, totalSteps: 10 }), /^warmupSteps: .* got -1$/],
  ]

  it.each(rows)('%s', (make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }),
    )
  })
})
