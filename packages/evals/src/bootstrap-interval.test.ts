import { expect, test } from 'vitest'
import { bootstrapInterval } from './bootstrap-interval'
import { goldens } from './goldens/load-goldens'

test('over clusters it is SciPy’s percentile interval, within simulation error', () => {
  const { values, groups, low, high, standardError } = goldens.bootstrap
  const ours = bootstrapInterval(values, { groups, resamples: 20_000, seed: 7 })
  // A 2.5 % quantile of 20,000 draws has a standard error of about 0.02 standard errors of the mean; five of them.
  expect(Math.abs(ours.low - low)).toBeLessThan(0.1 * standardError)
  expect(Math.abs(ours.high - high)).toBeLessThan(0.1 * standardError)
  expect(ours.clusters).toBe(60)
})

test('a seed repeats it exactly and another changes it', () => {
  const values = [1, 0, 1, 1, 0, 1, 0.5]
  expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }))
  const other = bootstrapInterval(values, { seed: 4, resamples: 11 })
  expect(bootstrapInterval(values, { seed: 3, resamples: 11 })).not.toEqual({ ...other, seed: 3 })
})

test('copies of a comparison under one group add no certainty', () => {
  const once = bootstrapInterval([1, 0, 1, 1], { groups: ['a', 'b', 'c', 'd'], seed: 1 })
  const values = [1, 0, 1, 1].flatMap((value) => Array<number>(50).fill(value))
  const groups = ['a', 'b', 'c', 'd'].flatMap((label) => Array<string>(50).fill(label))
  expect(bootstrapInterval(values, { groups, seed: 1 })).toEqual(once)
})

test('one cluster, or equal values, give an interval of no width', () => {
  expect(bootstrapInterval([1, 0, 1], { groups: [1, 1, 1] })).toMatchObject({
    low: 2 / 3,
    high: 2 / 3,
    clusters: 1,
  })
  expect(bootstrapInterval([4, 4, 4])).toMatchObject({ low: 4, high: 4 })
})

test('refuses bad input by name', () => {
  expect(() => bootstrapInterval([])).toThrow('values is empty')
  expect(() => bootstrapInterval([1, Number.NaN])).toThrow('values[1] is NaN; expected a finite number')
  expect(() => bootstrapInterval([1, 2], { groups: [1] })).toThrow('groups has 1 values and values has 2')
  expect(() => bootstrapInterval([1], { resamples: 0 })).toThrow(
    'resamples is 0; expected an integer of at least 1',
  )
  expect(() => bootstrapInterval([1n as unknown as number])).toThrow('values[0] is the bigint 1n; expected')
  expect(() => bootstrapInterval([1], { resamples: '9' as unknown as number })).toThrow(
    'resamples is the string "9"; expected an integer',
  )
  expect(() => bootstrapInterval([1], { seed: 0.5 })).toThrow('seed is 0.5')
})
