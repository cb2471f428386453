import { expect, it } from 'vitest'
import { summarise } from './statistics'
import { counted, emptyTally, summaryOf } from './tally'

it('sums up numbers that it does not keep', () => {
  const values = [3, -1, 4, 1.5, 1e6, 7]
  const [own, whole] = [summaryOf(values.reduce(counted, emptyTally)), summarise(values)]
  expect(own.count).toBe(whole.count)
  for (const name of ['mean', 'deviation', 'error'] as const) expect(own[name]).toBeCloseTo(whole[name], 6)
})

it('has no spread for equal numbers, and nothing to say of none', () => {
  expect(summaryOf([0.1, 0.1, 0.1].reduce(counted, emptyTally))).toEqual({
    ...{ count: 3, mean: 0.1, deviation: 0, error: 0 },
  })
  expect(summaryOf(emptyTally)).toMatchObject({ mean: Number.NaN, error: Number.NaN })
})
