import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PreferencePairs } from '../data/training-data'
import { gradientsAt } from '../testing/objective-data'

const at = (pairs: PreferencePairs, scores: readonly number[], label_smoothing = 0) =>
  gradientsAt({ objective: 'bradley_terry', label_smoothing }, { pairs }, scores)

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

describe('bradley_terry', () => {
  it('of one pair: σ(m) − 1 and its opposite, σ(1 − σ) twice', () => {
    const { gradients, hessians } = at({ chosen: [2], rejected: [0] }, [0.5, 9, 1.75])
    const q = sigmoid(1.25)
    expect(gradients).toEqual(Float32Array.of(1 - q, 0, q - 1))
    expect(hessians).toEqual(Float32Array.of(q * (1 - q), 0, q * (1 - q)))
  })

  it('is half lambdarank of pairs: their gradients differ by the discount alone', () => {
    const scores = [0.3, -1.2, 2.1, -0.4, 0.9, 1.7, 0, 0]
    const lambda = gradientsAt(
      { objective: 'lambdarank', lambdarank_norm: false },
      { label: [1, 0, 0, 1, 1, 0, 1, 0], group: [2, 2, 2, 2] },
      scores,
    )
    const own = at({ chosen: [0, 3, 4, 6], rejected: [1, 2, 5, 7] }, scores)
    const discount = 1 - 1 / Math.log2(3)
    for (const i of scores.keys()) {
      // The steps of lambdarank's table of the sigmoid are 5e-5 wide.
      expect(own.gradients[i]).toBeCloseTo(lambda.gradients[i]! / discount, 4)
      expect(own.hessians[i]).toBeCloseTo(lambda.hessians[i]! / discount, 4)
    }
  })

  it('gradients sum to zero, and turn around with the preferences', () => {
    const pair = fc.record({
      chosen: fc.nat(9),
      rejected: fc.nat(9),
      weight: fc.double({ min: 0.125, max: 4, noNaN: true }),
      preference: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const pairs = fc
      .array(pair, { minLength: 1, maxLength: 60 })
      .map((list) => list.filter(({ chosen, rejected }) => chosen !== rejected))
      .filter((list) => list.length > 0)
    const scores = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 10, maxLength: 10 })
    const columns = (list: { chosen: number; rejected: number; weight: number; preference: number }[]) => ({
      chosen: list.map((p) => p.chosen),
      rejected: list.map((p) => p.rejected),
      weight: list.map((p) => p.weight),
      preference: list.map((p) => p.preference),
    })
    fc.assert(
      fc.property(pairs, scores, (list, s) => {
        const { gradients, hessians } = at(columns(list), s)
        const size = list.reduce((sum, p) => sum + p.weight, 0)
        // Sums are rounded once, to floats.
        expect(Math.abs(gradients.reduce((sum, g) => sum + g, 0))).toBeLessThanOrEqual(1e-6 * size)
        expect(hessians.every((h) => h >= 0)).toBe(true)
        const turned = at(
          columns(
            list.map((p) => ({
              ...p,
              chosen: p.rejected,
              rejected: p.chosen,
              preference: 1 - Math.fround(p.preference),
            })),
          ),
          s,
        )
        for (const i of s.keys())
          expect(Math.abs(turned.gradients[i]! - gradients[i]!)).toBeLessThanOrEqual(1e-6 * size)
      }),
    )
  })

  it('keeps its precision where the margin is large', () => {
    const { gradients, hessians } = at({ chosen: [0, 3], rejected: [1, 2] }, [60, 0, 60, 0])
    expect(gradients[0]).toBe(-Math.fround(Math.exp(-60)))
    expect(hessians[0]).toBe(Math.fround(Math.exp(-60)))
    expect(gradients[3]).toBe(-1)
  })

  it('smooths preferences', () => {
    const smoothed = at({ chosen: [0], rejected: [1] }, [0.4, 0.1], 0.1)
    const given = at({ chosen: [0], rejected: [1], preference: [0.9] }, [0.4, 0.1])
    expect(smoothed.gradients[0]).toBeCloseTo(given.gradients[0]!, 7)
    expect(smoothed.gradients[0]).toBeCloseTo(sigmoid(0.3) - 0.9, 7)
  })
})
