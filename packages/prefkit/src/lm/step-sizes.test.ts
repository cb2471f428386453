import { describe, expect, it } from 'vitest'
import { type ScheduleName, stepSizes } from './step-sizes'

const sizes = (schedule: ScheduleName, warmupRatio: number, total: number) =>
  Array.from({ length: total }, (_, step) =>
    stepSizes({ learningRate: 2, schedule, warmupRatio }, total)(step),
  )

// Multiples of transformers' get_scheduler at the same steps: in double precision, so that only the last bits differ.
const expectNear = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 14)
}

describe('stepSizes', () => {
  it.each<[ScheduleName, number, number[]]>([
    ['constant', 0, [2, 2, 2, 2, 2]],
    ['constant', 0.4, [0, 1, 2, 2, 2]],
    ['linear', 0, [2, 1.6, 1.2, 0.8, 0.4]],
    ['linear', 0.2, [0, 2, 1.5, 1, 0.5]],
    ['cosine', 0, Array.from({ length: 5 }, (_, i) => 1 + Math.cos((Math.PI * i) / 5))],
    ['cosine', 0.15, [0, ...Array.from({ length: 4 }, (_, i) => 1 + Math.cos((Math.PI * i) / 4))]],
  ])('%s after a warm-up of %d', (schedule, warmup, expected) => {
    expectNear(sizes(schedule, warmup, 5), expected)
  })

  it('has a step after the warm-up, and goes with one step alone', () => {
    expectNear(sizes('cosine', 0.99, 4), [0, 2 / 3, 4 / 3, 2])
    expectNear(sizes('linear', 0.5, 1), [2])
  })
})
