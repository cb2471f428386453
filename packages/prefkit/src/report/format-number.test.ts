import { expect, test } from 'vitest'
import { formatBounds, formatCount, formatDecimal, formatPercent, formatSeconds } from './format-number'

test('numbers read well', () => {
  expect(formatPercent(0.8136)).toBe('81.4\u00a0%')
  expect(formatPercent(0.95, 0)).toBe('95\u00a0%')
  expect(formatDecimal(-1.23456)).toBe('−1.235')
  expect(formatCount(11650)).toBe('11,650')
  expect(formatBounds({ low: 0.798, high: 0.829 })).toBe('79.8\u202f–\u202f82.9\u00a0%')
  expect([0.04, 9.94, 9.96, 59.6, 200].map(formatSeconds)).toEqual([
    '0.0\u00a0s',
    '9.9\u00a0s',
    '10\u00a0s',
    '1\u00a0min 0\u00a0s',
    '3\u00a0min 20\u00a0s',
  ])
})

test('what is no number is a dash', () => {
  for (const format of [formatPercent, formatDecimal, formatCount, formatSeconds]) {
    for (const value of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY])
      expect(format(value)).toBe('–')
  }
  expect(formatBounds(undefined)).toBe('–')
  expect(formatBounds({ low: Number.NaN, high: 1 })).toBe('–')
})

test('a number that is rounded to 0 has no sign', () => {
  expect([formatDecimal(-0.001, 2), formatDecimal(-0, 1), formatDecimal(-0.006, 2)]).toEqual([
    '0.00',
    '0.0',
    '−0.01',
  ])
})
