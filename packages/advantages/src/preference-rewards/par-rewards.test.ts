import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('parRewards', () => {
  const score = fc.integer({ min: 1, max: 10 })
  const rollouts = fc.array(score, { minLength: 1, maxLength: 8 })
  const pairs = fc.array(fc.tuple(rollouts, rollouts), { maxLength: 5 })
  const mean = (scores: number[]) => scores.reduce((a, b) => a + b, 0) / scores.length

  it('is the equation of the paper', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const f = (margin: number) => (margin > 2 ? 1.4 : 1.2)
        const { chosen, rejected } = parRewards({
          chosenScores: rows.map(([c]) => c),
          rejectedScores: rows.map(([, r]) => r),
        })
        rows.forEach(([c, r], i) => {
          expect(chosen[i]).toEqual(c.map((s) => (s > mean(r) ? f(s - mean(r)) : 0)))
          expect(rejected[i]).toEqual(r.map((s) => (s < mean(c) ? f(mean(c) - s) : 0)))
        })
      }),
    )
  })

  it('is the same with comparison and scores reversed', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [chosenScores, rejectedScores] = [rows.map(([c]) => c), rows.map(([, r]) => r)]
        const negated = (scores: number[][]) => scores.map((row) => row.map((s) => -s))
        const here = parRewards({ chosenScores, rejectedScores })
        const there = parRewards({
          chosenScores: negated(rejectedScores),
          rejectedScores: negated(chosenScores),
        })
        expect([there.chosen, there.rejected]).toEqual([here.rejected, here.chosen])
      }),
    )
  })

  it('takes other grades, and rollouts without a score when asked', () => {
    const scores = { chosenScores: [[8, 5, Number.NaN]], rejectedScores: [[4, Number.NaN, 6]] }
    const grades = [{ above: 0, reward: 1 }]
    expect(parRewards(scores, { grades, missing: 'exclude' })).toEqual({
      chosen: [[1, 0, 0]],
      rejected: [[1, 0, 1]],
    })
    const none = { chosenScores: [[8, 5]], rejectedScores: [[Number.NaN]] }
    expect(parRewards(none, { missing: 'exclude' })).toEqual({ chosen: [[0, 0]], rejected: [[0]] })
    expect(() => parRewards(scores)).toThrow(refusing('NOT_FINITE', 'chosenScores[0][2] is NaN'))
    expect(() => parRewards({ ...none, chosenScores: [[]] })).toThrow(
      refusing('TOO_FEW', 'chosenScores[0] is empty'),
    )
    for (const wrong of [null, 1, [null], [1]]) {
      expect(() => parRewards(none, { grades: wrong as never })).toThrow(
        refusing('INVALID_OPTION', `grades is ${JSON.stringify(wrong)}; expected an array`),
      )
    }
    expect(() => parRewards({ chosenScores: [], rejectedScores: [[1]] })).toThrow(
      refusing('SHAPE_MISMATCH', '1 pairs'),
    )
    const wrong =
      (...given: [number, number][]) =>
      () =>
        parRewards(scores, { grades: given.map(([above, reward]) => ({ above, reward })) })
    for (const call of [
      wrong(),
      wrong([-1, 1]),
      wrong([2, 1], [1, 2]),
      wrong([1, 1], [1, 2]),
      wrong([0, Number.NaN]),
    ]) {
      expect(call).toThrow(refusing('INVALID_OPTION', 'expected finite rewards and ascending margins'))
    }
  })
})
