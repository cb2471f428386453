import { describe, expect, it } from 'vitest'
import type { PlanConfig } from './plan-config'
import { dipOf, type PlanPoint, planCurves, staysAbove, wrongAmong } from './plan-results'
import type { UnitResult } from './plan-simulation'
import { dipSentences, simulatedText, theoryText } from './plan-words'

const budgets = [100, 200, 500, 1000, 2000]

/** A plan of one design at 10 % as it comes out: simulated accuracy, theory and wrong labels by number of labels. */
function planned(
  simulated: readonly number[],
  predicted: readonly number[],
  wrong: readonly number[],
  neededByTheory: number | null = null,
) {
  const unit = { design: 'diversified', errorRate: 0.1 } as const
  const results = [-1, 1].map((sign, repeat): UnitResult => {
    const records = simulated.map((accuracy, i) => ({
      ...unit,
      repeat,
      labels: budgets[i]!,
      accuracy: accuracy + 0.005 * sign,
      predicted: predicted[i]!,
      spearman: 0.8,
      risk: 0.1,
      expectedWrong: wrong[i]!,
    }))
    const facts = { ...unit, repeat, parameter: 2, designErrorRate: 0.04, worth: 1, available: 2000 }
    return { facts: { ...facts, neededByTheory }, records }
  })
  const config = { budgets, repeats: 2, targetAccuracy: 0.9, alpha: 0.02 } as unknown as PlanConfig
  const curves = planCurves(results, config, undefined)
  return { curve: curves[0]!, curves, config }
}

describe('staysAbove', () => {
  const points = [
    { labels: 100, value: 0.7 },
    { labels: 400, value: 0.8 },
    { labels: 1600, value: 0.9 },
  ]

  it.each([
    [0.75, { labels: 200, how: 'between' }],
    [0.9, { labels: 1600, how: 'between' }],
    [0.6, { labels: 100, how: 'at-most' }],
  ] as const)('%d is reached on a line over log labels', (target, { labels, how }) => {
    const found = staysAbove(points, target)!
    expect(found.how).toBe(how)
    expect(found.labels).toBeCloseTo(labels, 9)
  })

  it('is where the target is kept, not where it is met for the first time', () => {
    const falling = [{ labels: 50, value: 0.95 }, ...points, { labels: 3200, value: 1 }]
    expect(staysAbove(falling, 0.85)?.labels).toBeCloseTo(800, 9)
    expect(staysAbove([...points, { labels: 3200, value: 0.85 }], 0.88)).toBe(null)
    expect(staysAbove(points, 0.95)).toBe(null)
    expect(staysAbove([], 0.9)).toBe(null)
  })
})

it('wrong labels are counted by one function of labels, through the points and in proportion beyond', () => {
  const points = [
    { labels: 100, expectedWrong: 2 },
    { labels: 300, expectedWrong: 12 },
  ]
  expect([0, 50, 100, 200, 300, 600].map((labels) => wrongAmong(labels, points))).toEqual([
    0, 1, 2, 7, 12, 24,
  ])
})

describe('what a plan says of a curve', () => {
  it('does not call few labels enough where more of them are not, and says that they dip', () => {
    const accuracy = [0.947, 0.879, 0.893, 0.921, 0.97]
    const { curve, curves, config } = planned(accuracy, [0.77, 0.77, 0.85, 0.92, 0.97], [2, 4, 7, 9, 20])
    expect(curve.neededBySimulation).toMatchObject({ how: 'between' })
    expect(curve.neededBySimulation!.labels).toBeGreaterThan(500)
    expect(curve.neededBySimulation!.labels).toBeLessThan(1000)
    expect(simulatedText(curve)).toMatch(/^5\d0$|^6\d0$/)
    expect(dipSentences({ curves, config } as never)).toEqual([
      expect.stringMatching(
        /falls from 94\.7 % with 100 labels to 87\.9 % with 200: .*prior .*variance 25\)/,
      ),
    ])
  })

  it('answers by theory from where it means something, and marks what it says of less', () => {
    const predicted = [0.77, 0.77, 0.85, 0.92, 0.97]
    const meaningful = planned(predicted, predicted, [2, 4, 7, 9, 20]).curve
    expect(meaningful.points.map(({ isAsymptotic }) => isAsymptotic)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
    expect(theoryText(meaningful)).toBe('≤ 2,000')
    expect(theoryText(planned(predicted, predicted, [2, 4, 11, 15, 20]).curve)).toMatch(/^[78]\d0$/)
    expect(theoryText(planned(predicted, predicted, [0, 1, 2, 3, 4]).curve)).toMatch(/^~[78]\d0$/)
  })

  it('says of what lies beyond that pairs are repeated, or do not do', () => {
    const low = [0.6, 0.65, 0.7, 0.75, 0.8]
    expect(theoryText(planned(low, low, [20, 40, 60, 80, 99], 7000).curve)).toBe('7,000 repeated')
    expect(theoryText(planned(low, low, [0, 1, 1, 2, 2], 7000).curve)).toBe('~7,000 repeated')
    expect(theoryText(planned(low, low, [20, 40, 60, 80, 99]).curve)).toBe('not on these pairs')
    expect(simulatedText(planned(low, low, [20, 40, 60, 80, 99]).curve)).toBe('> 2,000')
  })

  it('takes a fall within chance for none', () => {
    const point = (labels: number, mean: number, standardError: number) =>
      ({ labels, accuracy: { mean, standardError } }) as PlanPoint
    expect(dipOf([point(100, 0.9, 0.01), point(200, 0.88, 0.01)])).toBe(null)
    expect(dipOf([point(100, 0.9, 0.002), point(200, 0.88, 0.002)])?.after.labels).toBe(200)
    expect(dipOf([point(100, 0.9, Number.NaN), point(200, 0.5, Number.NaN)])).toBe(null)
  })
})
