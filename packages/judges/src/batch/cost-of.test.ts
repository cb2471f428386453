import { expect, test } from 'vitest'
import { costOf } from './cost-of'

test('prices are for a million tokens', () => {
  const usage = { calls: 2, cachedCalls: 1, promptTokens: 2e6, completionTokens: 5e5 }
  expect(costOf(usage, { prompt: 3, completion: 10 })).toBe(11)
  expect(
    costOf({ calls: 0, cachedCalls: 9, promptTokens: 0, completionTokens: 0 }, { prompt: 3, completion: 10 }),
  ).toBe(0)
})
