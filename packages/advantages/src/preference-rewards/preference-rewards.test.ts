import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose, readGoldens } from '../goldens/load-goldens'
import { type PfPpoMethod, parRewards, pfPpoWeights, winProbabilityRewards } from '../index'

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

  it('turns round with the comparison and the scores', () => {
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
      expect(call).toThrow(refusing('OUT_OF_RANGE', 'expected finite rewards above ascending margins'))
    }
  })
})

describe('winProbabilityRewards', () => {
  // Multiples of 1/64, of which 1 − p has no rounding.
  const share = fc.integer({ min: 0, max: 64 }).map((n) => n / 64)
  const judged = fc.array(fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 4 }), { maxLength: 5 })
  const columns = (rows: [number, number][][]) => ({
    shownFirst: rows.map((row) => row.map(([p]) => p)),
    shownSecond: rows.map((row) => row.map(([, q]) => q)),
  })

  it('is the equation of the paper, over one anchor or several', () => {
    fc.assert(
      fc.property(judged, (rows) => {
        const each = rows.map((row) => row.map(([p, q]) => 0.5 * (p + (1 - q))))
        const mean = each.map((row) => row.reduce((a, b) => a + b) / row.length)
        expect(winProbabilityRewards(columns(rows))).toEqual(mean)
        const least = each.map((row) => Math.min(...row))
        expect(winProbabilityRewards(columns(rows), { anchors: 'min' })).toEqual(least)
        const [one, other] = [rows.map(([[p]]) => p), rows.map(([[, q]]) => q)] as [number[], number[]]
        expect(winProbabilityRewards({ shownFirst: one, shownSecond: other })).toEqual(
          each.map(([first]) => first),
        )
      }),
    )
  })

  it('is 1 − r seen from the anchor, and ½ for a judge that only knows places', () => {
    fc.assert(
      fc.property(judged, share, (rows, p) => {
        const { shownFirst, shownSecond } = columns(rows)
        const here = winProbabilityRewards({ shownFirst, shownSecond })
        const there = winProbabilityRewards({ shownFirst: shownSecond, shownSecond: shownFirst })
        here.forEach((reward, i) => {
          expect(Math.abs(reward + there[i]! - 1)).toBeLessThan(1e-15)
        })
        expect(winProbabilityRewards({ shownFirst: [p], shownSecond: [p] })).toEqual([0.5])
      }),
    )
  })

  it('is typed as its rows, and refuses what is no probability', () => {
    const p = { data: new Float32Array([0, 1]), shape: [2, 1] as const }
    expect(winProbabilityRewards({ shownFirst: p, shownSecond: p })).toEqual(new Float32Array([0.5, 0.5]))
    const reward = (shownFirst: number[][], shownSecond: number[][]) => () =>
      winProbabilityRewards({ shownFirst, shownSecond })
    expect(reward([[1.5]], [[1]])).toThrow(refusing('OUT_OF_RANGE', 'shownFirst has 1.5'))
    expect(reward([[1]], [[Number.NaN]])).toThrow(refusing('NOT_FINITE', 'shownSecond'))
    expect(reward([[1]], [[1, 1]])).toThrow(refusing('SHAPE_MISMATCH', 'shownSecond[0]'))
    expect(reward([[]], [[]])).toThrow(refusing('TOO_FEW', 'shownFirst[0] is empty'))
  })
})

describe('pfPpoWeights', () => {
  const { pfPpo } = readGoldens<{
    pfPpo: { scores: number[]; power: number; weights: Record<PfPpoMethod, number[]> }
  }>('papers')
  it.each(Object.entries(pfPpo.weights) as [PfPpoMethod, number[]][])('against verl, %s', (method, want) => {
    expectClose([pfPpoWeights(pfPpo.scores, { method, power: pfPpo.power })], [want])
  })

  it('has no weight without scores, and refuses what overflows', () => {
    expect(pfPpoWeights([], { method: 'max-min' })).toEqual([])
    expect(() => pfPpoWeights([1e200])).toThrow(refusing('OVERFLOW', 'result[0]'))
    expect(() => pfPpoWeights([1], { power: -1 })).toThrow(refusing('OUT_OF_RANGE', 'power is -1'))
    expect(() => pfPpoWeights([1], { method: 'max' as 'pow' })).toThrow(
      refusing('INVALID_OPTION', 'max-random'),
    )
  })
})
