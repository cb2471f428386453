import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bradleyTerryElo } from './bradley-terry-elo'
import { eloRatings } from './elo-ratings'
import { fitBradleyTerry } from './fit-bradley-terry'
import { anyComparisons } from './testing/arbitrary-comparisons'

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0)

test('ratings move between players and their sum stays', () => {
  const options = fc.record({
    k: fc.double({ min: 0.1, max: 100, noNaN: true }),
    initial: fc.integer({ min: -2000, max: 2000 }),
  })
  fc.assert(
    fc.property(anyComparisons, options, ({ first, second, outcomes }, chosen) => {
      const { players, ratings } = eloRatings({ first, second, outcomes }, chosen)
      expect(Math.abs(total(ratings) - chosen.initial * players.length)).toBeLessThan(1e-8)
      // The first comparison is between equals.
      const [only] = eloRatings({ first: [1], second: [2] }, chosen).ratings
      expect(only).toBeCloseTo(chosen.initial + chosen.k / 2, 9)
    }),
  )
})

test('a lead of `scale` points makes the odds `base`', () => {
  const { ratings } = eloRatings({ first: ['a', 'a'], second: ['b', 'b'] }, { k: 400, scale: 400, base: 10 })
  // After the first, 200 points each way: expected 1/(1 + 10⁻¹).
  expect(ratings[0]).toBeCloseTo(1200 + 400 * (1 - 10 / 11), 9)
})

test('strengths on the scale keep their odds, and the anchor has its rating', () => {
  const fit = fitBradleyTerry({ first: ['a', 'b'], second: ['b', 'a'], weights: [10, 1] })
  const [a, b] = bradleyTerryElo(fit)
  expect(a! - b!).toBeCloseTo(400, 9)
  expect(a! + b!).toBeCloseTo(2000, 9)
  const anchored = bradleyTerryElo(fit, { anchor: { player: 'b', rating: 1114 }, scale: 173, base: Math.E })
  expect(anchored[1]).toBeCloseTo(1114, 9)
  expect(anchored[0]! - anchored[1]!).toBeCloseTo(173 * Math.log(10), 9)
})

test('what cannot be is refused', () => {
  const comparisons = { first: ['a'], second: ['b'] }
  expect(() => eloRatings({ ...comparisons, weights: [2] } as never)).toThrow('no weights')
  expect(() => eloRatings(comparisons, { k: 0 })).toThrow('k is 0')
  expect(() => eloRatings(comparisons, { K: 4 } as never)).toThrow('no K')
  expect(() => eloRatings(comparisons, { base: 1 })).toThrow('base is 1')
  expect(() => eloRatings(comparisons, { scale: -400 })).toThrow('scale is -400')
  expect(() => eloRatings(comparisons, { k: 1e308 * 10 })).toThrow('k is Infinity')
  const fit = { players: ['a'], strengths: new Float64Array(1) }
  expect(() => bradleyTerryElo(fit, { anchor: { player: 'z', rating: 1 } })).toThrow('anchor.player')
  expect(() => bradleyTerryElo(fit, { anchor: { player: 'a', rating: Number.NaN } })).toThrow('anchor.rating')
  expect(() => bradleyTerryElo(fit, { ancor: 1 } as never)).toThrow('no ancor')
})
