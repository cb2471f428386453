import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamOf, uniformAt, uniformsFrom } from './streams'

const take = (count: number, next: () => number) => Array.from({ length: count }, next)

test('an item draws the same wherever the batch begins', () => {
  const whole = take(5000, uniformsFrom([7, 1]))
  for (const offset of [0, 1, 1023, 1024, 1025, 2048, 4999]) {
    expect(take(5000 - offset, uniformsFrom([7, 1], offset))).toEqual(whole.slice(offset))
  }
})

test('draws are uniform: mean and variance, and none in common with the next seed', () => {
  const count = 200_000
  const values = take(count, uniformsFrom([3]))
  const mean = values.reduce((sum, x) => sum + x, 0) / count
  const second = values.reduce((sum, x) => sum + x * x, 0) / count
  // Standard errors √(1/12n) and √(4/45n); five of them.
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / count))
  expect(Math.abs(second - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / count))
  const others = new Set(take(count, uniformsFrom([4])))
  expect(values.filter((x) => others.has(x))).toEqual([])
})

test('first draws of neighbouring keys are uniform and uncorrelated', () => {
  const count = 50_000
  const values = take(count, () => 0).map((_, i) => uniformAt(1, i))
  const mean = values.reduce((sum, x) => sum + x, 0) / count
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / count))
  const products = values.slice(1).map((x, i) => 12 * (x - 0.5) * (values[i]! - 0.5))
  const correlation = products.reduce((sum, x) => sum + x, 0) / products.length
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(products.length))
})

test('every key counts, in its place and beyond 32 bits', () => {
  const safe = fc.maxSafeInteger()
  fc.assert(
    fc.property(safe, safe, (a, b) => {
      fc.pre(a !== b)
      expect(streamOf(a).getState()).not.toEqual(streamOf(b).getState())
      expect(streamOf(a, b).getState()).not.toEqual(streamOf(b, a).getState())
      expect(streamOf(a).getState()).not.toEqual(streamOf(a, 0).getState())
    }),
  )
  expect(streamOf(2 ** 40).getState()).not.toEqual(streamOf(0).getState())
})
