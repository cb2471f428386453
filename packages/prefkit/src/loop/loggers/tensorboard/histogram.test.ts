import { array, assert, double, oneof, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { histogramOf } from './histogram'

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('histogramOf', () => {
  it('counts every finite value once, in buckets that rise from the least to the greatest', () => {
    const values = array(oneof(double(), double({ min: -100, max: 100 })), { minLength: 1 })
    assert(
      property(values, (numbers) => {
        const finite = numbers.filter((value) => Math.abs(value) <= (2 - 2 ** -23) * 2 ** 127)
        const histogram = histogramOf(numbers)
        expect(histogram === undefined).toBe(finite.length === 0)
        if (!histogram) return
        const { counts, limits, min, max, count } = histogram
        expect([min, max]).toEqual([Math.min(...finite), Math.max(...finite)])
        expect([count, sum(counts)]).toEqual([finite.length, finite.length])
        expect(limits.at(-1)).toBe(max)
        for (const [i, limit] of limits.entries())
          expect(limit).toBeGreaterThanOrEqual(i ? limits[i - 1]! : min)
      }),
    )
  })

  it('puts values into the bucket they lie in, the greatest into the last', () => {
    const { counts, limits } = histogramOf([0, 0.5, 1, 29.5, 30])!
    expect(counts).toEqual([2, 1, ...new Array(27).fill(0), 2])
    expect(limits.slice(0, 2)).toEqual([1, 2])
  })

  it('has one bucket for equal values', () => {
    expect(histogramOf([3, 3])).toEqual({
      ...{ min: 3, max: 3, count: 2, sum: 6, sumSquares: 18, limits: [3], counts: [2] },
    })
  })
})
