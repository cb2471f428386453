import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderConsistency } from './order-consistency'

test('counts agreeing pairs; ties of the golden score have no order, ties of the score agree with none', () => {
  // Pairs (golden): 0<1 agree, 0<2 agree, 0<3 agree, 1=2 no order, 1<3 tied score, 2<3 wrong.
  const result = orderConsistency([0, 5, 9, 5], [0, 1, 1, 2])
  expect(result).toMatchObject({
    agreement: 3 / 5,
    pairs: 6,
    goldenTies: 1,
    scoreTies: 1,
    signAgreement: 3 / 6,
  })
  expect(result.bootstrap).toBeNull()
})

test('with groups, only responses of one prompt are compared', () => {
  const result = orderConsistency([1, 2, 10, 9], [1, 2, 1, 2], { groups: ['p', 'p', 'q', 'q'] })
  expect(result).toMatchObject({ agreement: 0.5, pairs: 2, groups: 2, kendallTau: 0, spearman: 0 })
  expect(result.bootstrap).toMatchObject({ low: 0, high: 1, clusters: 2 })
  // The second group has no order, so only one could be drawn.
  expect(orderConsistency([1, 2, 3, 4], [1, 2, 1, 1], { groups: ['p', 'p', 'q', 'q'] })).toMatchObject({
    groups: 1,
    bootstrap: null,
  })
})

test('any increasing map of the scores changes nothing; reversing them reverses everything', () => {
  const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(distinct, fc.infiniteStream(fc.integer({ min: 0, max: 5 })), (scores, stream) => {
      const golden = scores.map(() => stream.next().value)
      fc.pre(new Set(golden).size > 1)
      const plain = orderConsistency(scores, golden)
      expect(orderConsistency(scores.map(Math.cbrt), golden)).toEqual(plain)
      expect(
        orderConsistency(
          scores.map((s) => -s),
          golden,
        ).agreement,
      ).toBeCloseTo(1 - plain.agreement, 12)
      expect(orderConsistency(golden, golden).agreement).toBe(1)
    }),
  )
})

test('a group without order is left out of the mean correlations', () => {
  const result = orderConsistency([1, 2, 3, 7], [1, 2, 5, 5], { groups: [0, 0, 1, 1] })
  expect(result).toMatchObject({ agreement: 1, groups: 1, kendallTau: 1, goldenTies: 1 })
})

test('refuses what has no order, and bad input, by name', () => {
  expect(() => orderConsistency([1, 2], [3, 3])).toThrow('golden orders no pair of responses')
  expect(() => orderConsistency([], [])).toThrow('scores is empty')
  expect(() => orderConsistency([1], [1, 2])).toThrow('golden has 2 values and scores has 1')
  expect(() => orderConsistency([1, 2], [1, Number.NaN])).toThrow('golden[1] is NaN')
})
