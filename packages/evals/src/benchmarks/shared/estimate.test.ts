import { expect, test } from 'vitest'
import { bootstrapInterval } from '../../bootstrap-interval'
import { wilsonInterval } from '../../wilson-interval'
import { estimate, shareOf } from './estimate'

const settings = { seed: 4, resamples: 4000, confidence: 0.95 }
const mean = ([means]: readonly (readonly number[])[]) => [means![0]!]
const values = Array.from({ length: 60 }, (_, i) => [(i * 7) % 3 === 0 ? 1 : 0])

test('one stratum is the plain bootstrap', () => {
  const [{ value, interval }] = estimate([values], mean, settings) as [ReturnType<typeof estimate>[number]]
  const plain = bootstrapInterval(
    values.map(([x]) => x!),
    settings,
  )
  expect(value).toBeCloseTo(20 / 60, 12)
  expect(interval).toEqual(plain)
})

test('strata keep their sizes: what is certain within them has no width', () => {
  const strata = [Array.from({ length: 9 }, () => [1]), Array.from({ length: 30 }, () => [0])]
  const half = (means: readonly (readonly number[])[]) => [(means[0]![0]! + means[1]![0]!) / 2]
  const [found] = estimate(strata, half, settings)
  expect(found).toMatchObject({ value: 0.5, interval: { low: 0.5, high: 0.5, clusters: 39 } })
})

test('the interval of a mean of two strata is as wide as its standard error says', () => {
  const strata = [values, values.slice(0, 30)]
  const half = (means: readonly (readonly number[])[]) => [(means[0]![0]! + means[1]![0]!) / 2]
  const { low, high } = estimate(strata, half, settings)[0]!.interval!
  const variance = (1 / 3) * (2 / 3)
  const error = Math.sqrt((variance / 60 + variance / 30) / 4)
  expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.9)
  expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.1)
})

test('no interval of one row, or of what a resample leaves undefined', () => {
  expect(estimate([[[1]]], mean, settings)).toEqual([{ value: 1, interval: null }])
  const rare = ([means]: readonly (readonly number[])[]) => [means![0]! > 0.3 ? 1 : null]
  expect(estimate([values], rare, settings)).toEqual([{ value: 1, interval: null }])
})

test('a share has Wilson’s interval, and none of nothing', () => {
  expect(shareOf([1, 0.5, 0], 0.9)).toEqual({ value: 0.5, interval: wilsonInterval(1.5, 3, 0.9) })
  expect(shareOf([], 0.9)).toEqual({ value: null, interval: null })
})
