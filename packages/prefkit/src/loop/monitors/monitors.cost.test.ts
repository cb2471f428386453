import { expect, it } from 'vitest'
import type { StepRecord } from '../step-record'
import { watchRun } from './monitors'

/** Steps of a policy that logs all that is watched; its golden reward is measured now and then. */
const recordAt = (step: number): StepRecord => ({
  ...{ stage: 'policy', step, reward: step / 100 + Math.sin(step), kl: 0.4 + 0.1 * Math.sin(step) },
  ...{ 'completions/mean_length': 50 + 9 * Math.cos(step), entropy: 2, 'loss/value_avg': 1 },
  ...{ 'accuracy/front': 0.8, 'accuracy/back': 0.8, 'rewards/wins/position_bias': 0 },
  ...{ frac_reward_zero_std: 0.2, 'format/parsed_ratio': 0.9 },
  ...(step % 20 === 0 && { 'golden/reward': Math.sin(step / 50) }),
})

it('reads of a step only its own record, as much of the two-thousandth as of the two-hundredth', () => {
  let given = 0
  const reads: number[] = []
  const stale: number[] = []
  const readOf = (step: number): void => {
    reads[given] = (reads[given] ?? 0) + 1
    if (step !== given) stale.push(step)
  }
  const watch = watchRun()
  for (given = 1; given <= 2000; given++) {
    const { step, ...values } = recordAt(given)
    const counted = new Proxy<StepRecord>(
      { ...values, stage: 'policy', step },
      {
        get: (record, name) => {
          readOf(step)
          return Reflect.get(record, name)
        },
        ownKeys: (record) => {
          readOf(step)
          return Reflect.ownKeys(record)
        },
      },
    )
    watch(counted)
  }
  expect(stale).toEqual([])
  expect(reads[200]).toBeGreaterThan(10)
  expect(reads[2000]).toBe(reads[200])
})
