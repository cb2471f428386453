import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bootstrapCounts } from './bootstrap'

it('draws as many groups as there are, and all pairs of one as often', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (groups, seed) => {
        const counts = bootstrapCounts(groups, seed)
        const ofGroup = new Map(groups.map((group, i) => [group, counts[i]!]))
        expect(groups.map((group) => ofGroup.get(group)!)).toEqual([...counts])
        expect([...ofGroup.values()].reduce((a, b) => a + b)).toBe(ofGroup.size)
        expect(bootstrapCounts(groups, seed)).toEqual(counts)
      },
    ),
  )
})

it('leaves about a share of 1/e out, other ones for another seed', () => {
  const groups = Array.from({ length: 2000 }, (_, i) => i)
  const [one, other] = [bootstrapCounts(groups, 1), bootstrapCounts(groups, 2)]
  // 4 standard deviations of the number of groups that are not drawn, at most √(2000 · e⁻¹ · (1 − e⁻¹)).
  expect(Math.abs(one.filter((count) => count === 0).length - 2000 / Math.E)).toBeLessThan(4 * 21.6)
  expect(one).not.toEqual(other)
})
