import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binMargins } from './bin-margins'

test('every finite margin is in one bar, and every bar is all right or all wrong', () => {
  const margin = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, 5e-324, 1e300, Number.NaN),
  )
  fc.assert(
    fc.property(fc.array(margin), (margins) => {
      const { bins } = binMargins(margins)
      const finite = margins.filter(Number.isFinite)
      const count = (keep: (bin: { low: number; high: number }) => boolean) =>
        bins.filter(keep).reduce((sum, bin) => sum + bin.count, 0)
      expect(count(() => true)).toBe(finite.length)
      for (const { low, high } of bins) expect(low * high).toBeGreaterThanOrEqual(0)
      expect(count(({ low }) => low >= 0)).toBe(finite.filter((m) => m > 0).length)
    }),
  )
})

test('outliers are gathered at the ends and counted', () => {
  const margins = [...Array.from({ length: 1000 }, (_, i) => i / 1000), 1e9]
  const { bins, gathered } = binMargins(margins)
  expect(bins.at(-1)!.high).toBeLessThanOrEqual(1.1)
  expect(gathered).toBe(1)
})

test('nothing finite makes no bars; equal margins make one full bar', () => {
  expect(binMargins([Number.NaN])).toEqual({ bins: [], gathered: 0 })
  expect(binMargins([2, 2]).bins.filter(({ count }) => count > 0)).toHaveLength(1)
  expect(binMargins([0, 0]).bins.find(({ count }) => count > 0)).toMatchObject({ high: 0, count: 2 })
})
