import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulateVotes } from '../testing/simulate-votes'
import { agreementWithOthers, impliedFlipRate, pairwiseAgreement } from './agreement'
import { jackknife } from './jackknife'

const votes = {
  items: ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'd'],
  annotators: [1, 2, 3, 1, 2, 3, 1, 3],
  labels: ['x', 'x', 'y', 'x', 'x', 'y', 'x', 'y'],
}

test('agreement is counted over pairs of votes, by item or by pair', () => {
  // a: 1 of 3 pairs, b: 1 of 1, c: none, d: 0 of 1.
  const byItem = pairwiseAgreement(votes)
  expect(byItem).toMatchObject({ items: 3, pairs: 5 })
  expect(byItem.value).toBeCloseTo(4 / 9, 14)
  expect(pairwiseAgreement(votes, { weighting: 'pairs' }).value).toBeCloseTo(2 / 5, 14)
  // For a mean, leaving one out gives the textbook standard error.
  const shares = [1 / 3, 1, 0]
  const variance = shares.reduce((sum, share) => sum + (share - 4 / 9) ** 2, 0) / 2
  expect(byItem.standardError).toBeCloseTo(Math.sqrt(variance / 3), 14)
})

test('a vote agrees with the others where most of them say the same', () => {
  // a: x against {x, y} is even, twice; y against {x, x}: no. b: yes, yes. c: alone. d: no, no.
  const found = agreementWithOthers(votes)
  expect(found).toMatchObject({ votes: 5, undecided: 3, annotators: [1, 2, 3] })
  expect(found.value).toBeCloseTo(2 / 5, 14)
  expect([...found.byAnnotator]).toEqual([1 / 2, 1, 0])
  expect([...found.votesByAnnotator]).toEqual([2, 1, 2])
})

test('the flip rate solves 2ε² − 2ε + 1 = p, and its error follows', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5001, max: 1, noNaN: true }), (p) => {
      const { value, standardError } = impliedFlipRate({ value: p, standardError: 1e-3 })
      expect(2 * value ** 2 - 2 * value + 1).toBeCloseTo(p, 12)
      expect(value).toBeLessThanOrEqual(0.5)
      const slope = (impliedFlipRate(p - 1e-7).value - value) / 1e-7
      if (p < 0.999) expect(standardError / 1e-3 / slope).toBeCloseTo(1, 2)
    }),
  )
  expect(impliedFlipRate(0.5)).toEqual({ value: 0.5, standardError: Number.NaN })
  expect(() => impliedFlipRate(0.49)).toThrow('agreement is 0.49; expected at least 0.5')
  expect(() => impliedFlipRate(1.1)).toThrow('agreement is 1.1')
})

test('the flip rate of simulated annotators is recovered, and its error is its spread', () => {
  const rate = 0.18
  const found = Array.from({ length: 200 }, (_, seed) => {
    const { votes: simulated } = simulateVotes({
      items: 400,
      rates: new Array(6).fill(rate),
      perItem: 3,
      seed,
    })
    return impliedFlipRate(pairwiseAgreement(simulated))
  })
  const mean = found.reduce((sum, { value }) => sum + value, 0) / 200
  const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / 199)
  const stated = found.reduce((sum, { standardError }) => sum + standardError, 0) / 200
  // ε is a curved function of p: its bias is of the order of its variance. Five standard errors of the mean beyond
  // that.
  expect(Math.abs(mean - rate)).toBeLessThan((5 * spread) / Math.sqrt(200) + spread ** 2)
  // A standard deviation from 200 draws is off by 5 %, and by five times that once in millions of times.
  expect(Math.abs(stated / spread - 1)).toBeLessThan(0.25)
})

test('renaming items, annotators and labels, and reordering votes, change nothing', () => {
  const renamed = {
    items: votes.items.map((item) => `${item}!`).reverse(),
    annotators: votes.annotators.map((a) => 10 - a).reverse(),
    labels: votes.labels.map((label) => (label === 'x' ? 5 : 2)).reverse(),
  }
  expect(pairwiseAgreement(renamed).value).toBeCloseTo(pairwiseAgreement(votes).value, 14)
  expect(agreementWithOthers(renamed).value).toBeCloseTo(agreementWithOthers(votes).value, 14)
})

test('what cannot be had is refused or NaN', () => {
  const alone = { items: [1, 2], annotators: [1, 1], labels: [1, 1] }
  expect(() => pairwiseAgreement(alone)).toThrow('no item has two votes')
  expect(() => agreementWithOthers(alone)).toThrow('no item has two votes')
  expect(() => pairwiseAgreement(votes, { weighting: 'votes' as never })).toThrow(
    'expected one of items, pairs',
  )
  expect(() => pairwiseAgreement(votes, { weight: 'items' } as never)).toThrow('no weight')
  const one = { items: [1, 1], annotators: [1, 2], labels: [1, 1] }
  expect(pairwiseAgreement(one)).toEqual({ value: 1, standardError: Number.NaN, items: 1, pairs: 1 })
  expect(jackknife(new Float64Array(0), 1, () => 3)).toEqual({ value: 3, standardError: Number.NaN })
})
