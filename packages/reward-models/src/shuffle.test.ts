import { describe, expect, it } from 'vitest'
import { permutation } from './shuffle'

describe('permutation', () => {
  it('has every number once, and repeats for the same seed and stream only', () => {
    const first = permutation(100, 3, 4)
    expect([...first].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(permutation(100, 3, 4)).toEqual(first)
    expect(permutation(100, 4, 3)).not.toEqual(first)
    expect(permutation(100, 3, 5)).not.toEqual(first)
    expect(permutation(0, 1, 1)).toEqual(new Int32Array(0))
  })

  it('finds each order equally often', () => {
    const seen = new Map<string, number>()
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, seed, 0).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    // χ² with 5 degrees of freedom: above 20.5 once in a thousand; the seeds are fixed, so this always repeats.
    const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(seen.size).toBe(6)
    expect(chiSquare).toBeLessThan(20.5)
  })
})
