import { expect, test } from 'vitest'
import { logSumExp } from './log-sum-exp'

test('the logarithm of a sum neither overflows nor vanishes', () => {
  expect(logSumExp([Math.log(0.25), Math.log(0.5)])).toBeCloseTo(Math.log(0.75), 12)
  expect(logSumExp([-2000, -2000])).toBeCloseTo(-2000 + Math.log(2), 12)
  expect(logSumExp([Number.NEGATIVE_INFINITY, 1])).toBe(1)
  expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY)
})
