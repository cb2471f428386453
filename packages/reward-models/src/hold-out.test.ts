import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdOut } from './hold-out'
import type { PairData } from './pair-data'

const withGroups = (groups: readonly number[]): PairData => ({
  features: { data: new Float32Array(2), rows: 2, columns: 1 },
  chosen: new Int32Array(groups.length),
  rejected: new Int32Array(groups.length).fill(1),
  groups: Int32Array.from(groups),
})

describe('holdOut', () => {
  it('puts every pair on one side, and every group whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.nat(1000),
        (groups, fraction, seed) => {
          const { train, validation } = holdOut(withGroups(groups), fraction, seed)
          expect([...train, ...validation].toSorted((a, b) => a - b)).toEqual(groups.map((_, i) => i))
          const trained = new Set(Array.from(train, (i) => groups[i]))
          expect(Array.from(validation, (i) => trained.has(groups[i]!))).not.toContain(true)
          expect(train.length).toBeGreaterThan(0)
          const several = new Set(groups).size > 1
          if (several && fraction > 0) expect(validation.length).toBeGreaterThan(0)
          if (fraction === 0) expect(validation.length).toBe(0)
        },
      ),
    )
  })

  it('holds out about the share asked for, and another part with another seed', () => {
    const data = withGroups(Array.from({ length: 1000 }, (_, i) => i >> 1))
    const first = holdOut(data, 0.2, 0)
    expect(first.validation.length).toBe(200)
    expect(holdOut(data, 0.2, 0)).toEqual(first)
    expect(holdOut(data, 0.2, 1).validation).not.toEqual(first.validation)
  })
  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'passes over a group with most of the pairs (seed %d)',
    (seed) => {
      const groups = Array.from({ length: 100 }, (_, i) => Math.max(0, i - 89))
      expect(holdOut(withGroups(groups), 0.05, seed).validation.length).toBe(5)
      // Only ten pairs are outside the large group, which holds 90.
      expect(holdOut(withGroups(groups), 0.2, seed).validation.length).toBe(10)
    },
  )

  it('holds out the smallest group where each has more than twice the share', () => {
    const groups = [...Array(50).fill(0), ...Array(20).fill(1), ...Array(30).fill(2)]
    for (const seed of [0, 1, 2, 3]) {
      const { validation } = holdOut(withGroups(groups), 0.01, seed)
      expect(Array.from(validation, (i) => groups[i])).toEqual(Array(20).fill(1))
    }
  })

  it('overshoots by at most half of a group, or holds the smallest alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(1000),
        (groups, fraction, seed) => {
          const { train, validation } = holdOut(withGroups(groups), fraction, seed)
          const target = fraction * groups.length
          const names = [...new Set(groups)]
          const sizeOf = (name: number) => groups.filter((group) => group === name).length
          const overshoot = validation.length - target
          if (overshoot <= 0 || names.length < 2) return
          // Either the last group drawn brought it nearer, so that it overshoots by no more than its half, …
          const largest = Math.max(...Array.from(validation, (i) => sizeOf(groups[i]!)))
          const nearer = overshoot <= largest / 2
          // … or it is the smallest group of all.
          const smallest = validation.length === Math.min(...names.map(sizeOf))
          expect(nearer || smallest).toBe(true)
          expect(train.length).toBeGreaterThan(0)
        },
      ),
    )
  })
})
