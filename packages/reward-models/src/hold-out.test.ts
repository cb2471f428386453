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
})
