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

  it('is the equation with any f, which is asked about margins above 0 only', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const f = (delta: number) => Math.min(1.4, 1.2 + 0.1 * delta)
        const asked: number[] = []
        const { chosen, rejected } = parRewards(
          { chosenScores: rows.map(([c]) => c), rejectedScores: rows.map(([, r]) => r) },
          {
            f: (delta) => {
              asked.push(delta)
              return f(delta)
            },
          },
        )
        rows.forEach(([c, r], i) => {
          expect(chosen[i]).toEqual(c.map((s) => (s > mean(r) ? f(s - mean(r)) : 0)))
          expect(rejected[i]).toEqual(r.map((s) => (s < mean(c) ? f(mean(c) - s) : 0)))
        })
        expect(asked.filter((delta) => !(delta > 0))).toEqual([])
      }),
    )
  })

  it('is the same with grades as with the step function that they are', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const scores = { chosenScores: rows.map(([c]) => c), rejectedScores: rows.map(([, r]) => r) }
        expect(parRewards(scores, { f: (delta) => (delta > 2 ? 1.4 : 1.2) })).toEqual(parRewards(scores))
      }),
    )
  })

  it('refuses an f that is no function, stands beside grades, or gives no finite number', () => {
    const scores = { chosenScores: [[8]], rejectedScores: [[4]] }
    const invalid = (message: string) => refusing('INVALID_OPTION', message)
    expect(() => parRewards(scores, { f: 1 as never })).toThrow(invalid('f is 1; expected a function'))
    expect(() => parRewards(scores, { f: () => 1, grades: [{ above: 0, reward: 1 }] })).toThrow(
      invalid('f is given beside grades; expected one of the two'),
    )
    expect(() => parRewards(scores, { f: () => Number.NaN })).toThrow(
      refusing('NOT_FINITE', 'f(4) is NaN; expected a finite number'),
    )
    expect(() => parRewards(scores, { f: () => '1' as never })).toThrow(refusing('NOT_FINITE', 'f(4) is 1'))
    expect(parRewards({ chosenScores: [[4]], rejectedScores: [[4]] }, { f: () => Number.NaN })).toEqual({
      chosen: [[0]],
      rejected: [[0]],
    })
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
