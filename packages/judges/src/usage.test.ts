import { expect, test } from 'vitest'
import { cachedUsage, costOf, noUsage, sumUsages } from './usage'

const usage = { calls: 1, cachedCalls: 2, promptTokens: 30, completionTokens: 4 }

test('usages add up, field by field', () => {
  expect(sumUsages([usage, { ...usage, cost: 0.5 }, { ...usage, cost: 0.25 }])).toEqual({
    calls: 3,
    cachedCalls: 6,
    promptTokens: 90,
    completionTokens: 12,
    cost: 0.75,
    unpriced: { calls: 1, promptTokens: 30, completionTokens: 4 },
  })
})

test('what has no cost is told apart in a sum, in whatever order and however often it is summed', () => {
  const priced = { ...usage, cost: 0.5 }
  const sums = [
    sumUsages([priced, usage, usage]),
    sumUsages([usage, sumUsages([usage, priced])]),
    sumUsages([sumUsages([usage, usage]), priced, noUsage, cachedUsage, { ...cachedUsage, cost: 0 }]),
  ]
  for (const { cost, unpriced } of sums)
    expect({ cost, unpriced }).toEqual({
      cost: 0.5,
      unpriced: { calls: 2, promptTokens: 60, completionTokens: 8 },
    })
  expect(sumUsages([priced, cachedUsage, noUsage])).not.toHaveProperty('unpriced')
})

test('without prices there is no cost, rather than a cost of 0', () => {
  expect(sumUsages([usage, usage])).not.toHaveProperty('cost')
  expect(sumUsages([])).toEqual(noUsage)
})

test('prices are for a million tokens', () => {
  const prices = { prompt: 3, cachedPrompt: 1, completion: 10 }
  expect(costOf({ ...usage, promptTokens: 2e6, completionTokens: 5e5 }, prices)).toBe(11)
  // A million of the two from the server's own cache.
  expect(costOf({ promptTokens: 2e6, cachedPromptTokens: 1e6, completionTokens: 5e5 }, prices)).toBe(9)
  expect(costOf({ ...noUsage, cachedCalls: 9 }, prices)).toBe(0)
})
