import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { winProbabilityRewards } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('winProbabilityRewards', () => {
  // Multiples of 1/64, so that 1 − p is exact.
  const share = fc.integer({ min: 0, max: 64 }).map((n) => n / 64)
  const judged = fc.array(fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 4 }), { maxLength: 5 })
  const columns = (rows: [number, number][][]) => ({
    shownFirst: rows.map((row) => row.map(([p]) => p)),
    shownSecond: rows.map((row) => row.map(([, q]) => q)),
  })

  it('is the equation of the paper, over one anchor or several', () => {
    fc.assert(
      fc.property(judged, (rows) => {
        const each = rows.map((row) => row.map(([first, second]) => 0.5 * (first + second)))
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

  it('is 1 − r seen from the anchor, and ½ for a judge that only knows positions', () => {
    fc.assert(
      fc.property(judged, share, (rows, p) => {
        const { shownFirst, shownSecond } = columns(rows)
        const here = winProbabilityRewards({ shownFirst, shownSecond })
        // The anchor is shown first where the response is shown second.
        const lost = (wins: number[][]) => wins.map((row) => row.map((win) => 1 - win))
        const there = winProbabilityRewards({ shownFirst: lost(shownSecond), shownSecond: lost(shownFirst) })
        here.forEach((reward, i) => {
          expect(Math.abs(reward + there[i]! - 1)).toBeLessThan(1e-15)
        })
        expect(winProbabilityRewards({ shownFirst: [p], shownSecond: [1 - p] })).toEqual([0.5])
      }),
    )
  })

  it('is typed as its rows, and refuses other numbers than probabilities', () => {
    const p = { data: new Float32Array([0, 1]), shape: [2, 1] as const }
    expect(winProbabilityRewards({ shownFirst: p, shownSecond: p })).toEqual(new Float32Array([0, 1]))
    const reward = (shownFirst: number[][], shownSecond: number[][]) => () =>
      winProbabilityRewards({ shownFirst, shownSecond })
    expect(reward([[1.5]], [[1]])).toThrow(refusing('OUT_OF_RANGE', 'shownFirst has 1.5'))
    expect(reward([[1]], [[Number.NaN]])).toThrow(refusing('NOT_FINITE', 'shownSecond'))
    expect(reward([[1]], [[1, 1]])).toThrow(refusing('SHAPE_MISMATCH', 'shownSecond[0]'))
    expect(reward([[]], [[]])).toThrow(refusing('TOO_FEW', 'shownFirst[0] is empty'))
  })
})
