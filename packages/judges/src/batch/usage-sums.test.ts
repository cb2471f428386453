import { expect, test } from 'vitest'
import { costOf, sumUsage } from './usage-sums'

const usage = { calls: 2, cachedCalls: 1, promptTokens: 300, completionTokens: 40 }

test('counts add up, and costs where every call has one', () => {
  expect(sumUsage([])).toEqual({ calls: 0, cachedCalls: 0, promptTokens: 0, completionTokens: 0 })
  expect(sumUsage([usage, usage])).toEqual({
    calls: 4,
    cachedCalls: 2,
    promptTokens: 600,
    completionTokens: 80,
  })
  expect(
    sumUsage([
      { ...usage, cost: 2 },
      { ...usage, cost: 0.5 },
    ]).cost,
  ).toBe(2.5)
})

test('an unknown cost makes the sum unknown, unless nothing was called', () => {
  const hit = { calls: 0, cachedCalls: 1, promptTokens: 0, completionTokens: 0, cost: 0 }
  expect(sumUsage([usage, { ...usage, cost: 1 }])).not.toHaveProperty('cost')
  expect(sumUsage([hit, usage])).not.toHaveProperty('cost')
  expect(sumUsage([usage, hit, { ...usage, cost: 1 }])).not.toHaveProperty('cost')
  expect(sumUsage([hit, { ...usage, cost: 1 }]).cost).toBe(1)
})

test('prices are per million tokens', () => {
  expect(
    costOf({ ...usage, promptTokens: 2e6, completionTokens: 5e5 }, { promptTokens: 3, completionTokens: 10 }),
  ).toBe(11)
})
