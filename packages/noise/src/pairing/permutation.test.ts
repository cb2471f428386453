import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, permuted } from './permutation'

const all = (size: number, seed: number) => {
  const key = keyOf(seed)
  return Array.from({ length: size }, (_, index) => permuted(index, size, key))
}

/** Pearson's χ² of counts against equal shares, in standard deviations from its mean. */
function deviation(counts: readonly number[], draws: number): number {
  const expected = draws / counts.length
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const degrees = counts.length - 1
  return (chiSquare - degrees) / Math.sqrt(2 * degrees)
}

test('each number comes once', () => {
  const sizes = fc.integer({ min: 1, max: 3000 })
  fc.assert(
    fc.property(sizes, fc.maxSafeInteger(), (size, seed) => {
      expect(new Set(all(size, seed))).toEqual(new Set(Array.from({ length: size }, (_, i) => i)))
    }),
    { numRuns: 50 },
  )
})

test.each([2, 3, 4])('of %d things every order is as likely, within five deviations of χ²', (size) => {
  const draws = 24_000
  const counts = new Map<string, number>()
  for (let seed = 0; seed < draws; seed++) {
    const order = all(size, seed).join()
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe([1, 1, 2, 6, 24][size])
  expect(Math.abs(deviation([...counts.values()], draws))).toBeLessThan(5)
})

test.each([5, 7, 12, 45, 100])('of %d things, where two neighbours go is uniform', (size) => {
  const draws = 40_000
  const counts = new Array<number>(size * (size - 1)).fill(0)
  for (let seed = 0; seed < draws; seed++) {
    const key = keyOf(seed)
    const [a, b] = [permuted(0, size, key), permuted(1, size, key)]
    counts[a * (size - 1) + (b > a ? b - 1 : b)]! += 1
  }
  expect(Math.abs(deviation(counts, draws))).toBeLessThan(5)
})

test('numbers of pairs of a hundred million things stay exact and spread evenly', () => {
  const size = (1e8 * (1e8 - 1)) / 2
  const key = keyOf(1)
  const draws = 50_000
  const tenths = new Array<number>(10).fill(0)
  for (let index = 0; index < draws; index++) {
    const value = permuted(index, size, key)
    expect(Number.isSafeInteger(value) && value >= 0 && value < size).toBe(true)
    tenths[Math.floor((10 * value) / size)]! += 1
  }
  expect(Math.abs(deviation(tenths, draws))).toBeLessThan(5)
})
