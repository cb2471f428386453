import { jit, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import goldens from '../goldens/schedules.json'
import { constantSchedule } from './constant-schedule'
import { cosineSchedule } from './cosine-schedule'
import { exponentialSchedule } from './exponential-schedule'
import { joinSchedules } from './join-schedules'
import { linearSchedule } from './linear-schedule'
import type { Schedule } from './schedule'
import { stepSchedule } from './step-schedule'
import { warmupCosine, warmupLinear } from './warmup'

const schedules: Record<string, Schedule> = {
  constant: constantSchedule(0.3),
  linear: linearSchedule({ from: 0.5, to: 0.1, steps: 60 }),
  linearUp: linearSchedule({ from: 0.1, to: 1, steps: 37 }),
  cosine: cosineSchedule({ from: 1, steps: 100 }),
  cosineToFloor: cosineSchedule({ from: 0.7, to: 0.05, steps: 100 }),
  exponential: exponentialSchedule({ value: 0.9, rate: 0.97 }),
  step: stepSchedule({ value: 1, every: 30 }),
  warmupLinear: warmupLinear({ peak: 1, warmupSteps: 7, totalSteps: 90 }),
  warmupLinearFromPeak: warmupLinear({ peak: 1, warmupSteps: 0, totalSteps: 100 }),
  warmupCosine: warmupCosine({ peak: 1, warmupSteps: 13, totalSteps: 100 }),
  joined: joinSchedules(
    [
      linearSchedule({ from: 0.01, to: 1, steps: 20 }),
      constantSchedule(1),
      exponentialSchedule({ value: 1, rate: 0.9 }),
    ],
    [20, 50],
  ),
}
const names = Object.keys(schedules)
const golden = (name: string) => goldens[name as 'cosine'] as number[]

it('every golden has its schedule', () => {
  expect(Object.keys(goldens).filter((key) => !['torch', 'transformers'].includes(key))).toEqual(names)
})

describe.each(names)('%s of PyTorch and transformers, 100 steps', (name) => {
  it('as numbers', () => {
    // PyTorch multiplies its way from step to step, which leaves a few ulp of double precision each.
    golden(name).forEach((rate, step) => {
      expect(Math.abs(schedules[name]!(step) - rate), `step ${step}`).toBeLessThan(1e-12)
    })
  })

  it.each(['reference', 'native'] as const)('inside a graph on %s', async (backend) => {
    const traced = jit((steps: Tensor) => schedules[name]!(steps), { backend })
    const steps = Int32Array.from(golden(name), (_, i) => i)
    const rates = (await traced(tensor(steps))).data
    const read = (i: number) => rates[rates.length === 1 ? 0 : i]!
    golden(name).forEach((rate, step) => {
      expect(Math.abs(read(step) - rate), `step ${step}`).toBeLessThan(1e-6 * Math.max(rate, 1e-3))
    })
    await traced.release()
  })
})
