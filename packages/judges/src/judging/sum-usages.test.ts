import { expect, test } from 'vitest'
import { noUsage, sumUsages } from './sum-usages'

const usage = { calls: 1, cachedCalls: 2, promptTokens: 30, completionTokens: 4 }

test('usages add up, field by field', () => {
  expect(sumUsages([usage, { ...usage, cost: 0.5 }, { ...usage, cost: 0.25 }])).toEqual({
    calls: 3,
    cachedCalls: 6,
    promptTokens: 90,
    completionTokens: 12,
    cost: 0.75,
  })
})

test('without prices there is no cost, rather than a cost of 0', () => {
  expect(sumUsages([usage, usage])).not.toHaveProperty('cost')
  expect(sumUsages([])).toEqual(noUsage)
})
