import { expect, test } from 'vitest'
import type { PairLabel } from './pair-label'
import { riskCoverage } from './risk-coverage'

test('points go from the surest judgements to all, and the area is the mean risk of the k surest', () => {
  const curve = riskCoverage([0.95, 0.1, 0.7, 0.4], ['a', 'a', 'a', 'b'])
  // Confidences 0.95 right, 0.9 wrong, 0.7 right, 0.6 right.
  expect(curve.points.map(({ count, accuracy }) => [count, accuracy])).toEqual([
    [1, 1],
    [2, 0.5],
    [3, 1 - 1 / 3],
    [4, 0.75],
  ])
  expect(curve.points.map(({ coverage }) => coverage)).toEqual([0.25, 0.5, 0.75, 1])
  expect(curve.areaUnderRiskCoverage).toBeCloseTo((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 14)
})

test('equal confidences are one point, and their order does not matter', () => {
  const labels: PairLabel[] = ['a', 'b', 'a', 'a']
  const curve = riskCoverage([0.8, 0.8, 0.8, 0.2], labels)
  expect(curve.points).toEqual([{ minConfidence: 0.8, count: 4, coverage: 1, accuracy: 0.5 }])
  expect(curve.areaUnderRiskCoverage).toBeCloseTo(0.5, 14)
  const turned = riskCoverage([0.2, 0.8, 0.8, 0.8], [...labels].reverse())
  expect(turned.areaUnderRiskCoverage).toBeCloseTo(0.5, 14)
})

test('abstained and missing judgements lower the coverage; tied labels are left out; ½ is half right', () => {
  const judgements = [0.9, undefined, { verdict: 'abstained' as const, winProbability: 0.99 }, 0.5, 0.7]
  const curve = riskCoverage(judgements, ['a', 'a', 'b', 'a', 'tie'])
  expect(curve).toMatchObject({ total: 4, unanswered: 2 })
  expect(curve.points.at(-1)).toEqual({ minConfidence: 0.5, count: 2, coverage: 0.5, accuracy: 0.75 })
})

test('a judge that never answers has no points; labels that are all ties are refused', () => {
  expect(riskCoverage([undefined], ['a'])).toEqual({
    points: [],
    areaUnderRiskCoverage: null,
    total: 1,
    unanswered: 1,
  })
  expect(() => riskCoverage([0.5], ['tie'])).toThrow(/all ties/)
})
