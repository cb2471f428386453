import fc from 'fast-check'
import { expect, it } from 'vitest'
import { filterByMargin } from '../index'

const none = Number.NaN

it('keeps pairs whose margin is above 2, and none without a score', () => {
  const scores = { chosenScores: [9, 8, 8, none, 9, 1], rejectedScores: [6, 6, 5.9, 1, none, 9] }
  expect(filterByMargin(scores)).toEqual(Int32Array.of(0, 2))
  expect(filterByMargin(scores, { above: -Number.MAX_VALUE })).toEqual(Int32Array.of(0, 1, 2, 5))
})

it('keeps what the equation says', () => {
  const score = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant(none))
  fc.assert(
    fc.property(fc.array(fc.tuple(score, score)), fc.integer({ min: -9, max: 9 }), (pairs, above) => {
      const [chosenScores, rejectedScores] = [pairs.map(([c]) => c), pairs.map(([, r]) => r)]
      const expected = [...pairs.keys()].filter((i) => pairs[i]![0] - pairs[i]![1] > above)
      expect([...filterByMargin({ chosenScores, rejectedScores }, { above })]).toEqual(expected)
    }),
  )
})

it('refuses columns of different lengths and infinite scores', () => {
  const refused = (code: string, message: string) =>
    expect.objectContaining({ code, message: expect.stringContaining(message) })
  expect(() => filterByMargin({ chosenScores: [1], rejectedScores: [] })).toThrow(
    refused('LENGTH_MISMATCH', 'rejectedScores has 0 scores; expected 1'),
  )
  expect(() => filterByMargin({ chosenScores: [1], rejectedScores: [Number.NEGATIVE_INFINITY] })).toThrow(
    refused('NOT_FINITE', 'rejectedScores[0] is -Infinity'),
  )
  expect(() => filterByMargin({ chosenScores: [], rejectedScores: [] }, { above: none })).toThrow(
    refused('NOT_FINITE', 'above is NaN'),
  )
})
