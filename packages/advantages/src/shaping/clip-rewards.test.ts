import { describe, expect, it } from 'vitest'
import { clipRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('clipRewards', () => {
  it('bounds what is beyond, infinities too', () => {
    expect(clipRewards([-Infinity, -10.5, 3, 99])).toEqual([-10, -10, 3, 10])
    expect(clipRewards([[2], [-2, 0.5]], { low: -1, high: 1 })).toEqual([[1], [-1, 0.5]])
    expect(() => clipRewards([1, Number.NaN])).toThrow(refusing('NOT_FINITE', 'NaN as number 1'))
    expect(() => clipRewards([1], { low: 2, high: 1 })).toThrow(
      refusing('INVALID_OPTION', 'low is 2 and high 1; expected finite numbers with low'),
    )
  })
})
