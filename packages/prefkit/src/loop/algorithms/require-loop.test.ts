import { expect, it } from 'vitest'
import { stepSeed } from '../rollouts/collect-rollouts'
import { requireNumbers } from './require-loop'

it('takes seeds whose steps draw apart, and names what it refuses', () => {
  const most = 2 ** 33 - 1
  requireNumbers('grpo', { seed: most })
  const steps = [0, 1, 2, 2 ** 20 - 1].map((step) => stepSeed(most, step))
  expect(new Set(steps).size).toBe(4)
  expect(steps.every(Number.isSafeInteger)).toBe(true)
  for (const seed of [most + 1, 1_763_791_200_000, -1, 0.5]) {
    expect(() => requireNumbers('grpo', { seed })).toThrow(
      `grpo: seed: expected a whole number from 0 to 2³³ − 1, got ${seed}`,
    )
  }
})
