import {
  calibrateBeta,
  comparisonsOf,
  pairColumns,
  samePromptPairs,
  simulateAnnotations,
} from '@prefkit/noise'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawTable } from './draw-table'
import { fitRewards } from './fit-rewards'
import { predictAccuracy, scaleForAccuracy } from './plan-theory'
import { symmetricInverse } from './symmetric-inverse'

describe('symmetricInverse', () => {
  it('times the matrix is the identity', () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true })
    const factors = fc
      .integer({ min: 1, max: 6 })
      .chain((size) =>
        fc
          .array(entry, { minLength: size * size, maxLength: size * size })
          .map((values) => ({ size, values })),
      )
    fc.assert(
      fc.property(factors, ({ size, values }) => {
        const cell = (i: number, j: number) =>
          Number(i === j) +
          values.slice(0, size).reduce((sum, _, k) => sum + values[i * size + k]! * values[j * size + k]!, 0)
        const matrix = Float64Array.from({ length: size * size }, (_, at) =>
          cell(Math.floor(at / size), at % size),
        )
        const inverse = symmetricInverse(matrix, size)
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            let sum = 0
            for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * inverse[k * size + j]!
            expect(sum).toBeCloseTo(Number(i === j), 9)
          }
        }
      }),
    )
  })
})

describe('drawTable', () => {
  const population = { prompts: 300, responses: 20, between: 2, features: 3 } as const

  it.each(['normal', 'logistic', 'gumbel', 'laplace', 'uniform'] as const)(
    '%s utilities have deviation 1 within prompts, and prompts the one asked for',
    (utilities) => {
      const { scores } = drawTable({ ...population, utilities }, 1)
      const groups = Array.from({ length: 300 }, (_, g) => scores.slice(20 * g, 20 * g + 20))
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length
      const variance = (values: readonly number[]) => {
        const centre = mean(values)
        return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
      }
      // Of 5,700 degrees of freedom; a kurtosis of 6 at most gives a standard error of 0.03.
      expect(Math.abs(mean(groups.map(variance)) - 1)).toBeLessThan(0.15)
      // 299 degrees of freedom: a standard error of 0.33; a twentieth is of the responses themselves.
      expect(Math.abs(variance(groups.map(mean)) - 4.05)).toBeLessThan(1.3)
    },
  )

  it('repeats with the seed, and not with another', () => {
    const draw = (seed: number) => drawTable({ ...population, utilities: 'normal' }, seed).scores
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})

describe('predictAccuracy', () => {
  /** A plan's ground: who errs at a rate labels pairs of one prompt. */
  function ground(features: number, prompts: number, budget: number) {
    const table = drawTable({ prompts, responses: 6, utilities: 'normal', between: 1, features }, 3)
    const prompted = { prompts: table.promptKeys }
    const pairs = pairColumns(samePromptPairs(prompted, { budget, seed: 1 }))
    const test = pairColumns(samePromptPairs(prompted, { balance: 'pairs', budget: 400 }))
    const better = Array.from(test.first, (a, i) =>
      Math.sign(table.scores[a]! - table.scores[test.second[i]!]!),
    )
    const comparisons = comparisonsOf({ scores: table.scores }, pairs)
    const { annotator } = calibrateBeta(comparisons, { errorRate: 0.25 })
    const share = Float64Array.from(comparisons.deltas, (delta) => annotator(delta, {} as never).first)
    const variance = share.map((p) => p * (1 - p))
    const simulated = (seed: number): number => {
      const labels = simulateAnnotations(comparisons, annotator, { seed })
      const won = Array.from(labels, (label) => (1 + label) / 2)
      const outcomes = { ...pairs, forFirst: won, forSecond: won.map((one) => 1 - one) }
      const rewards = fitRewards(table, outcomes, 0.02)
      const right = better.filter(
        (sign, i) => sign * (rewards[test.first[i]!]! - rewards[test.second[i]!]!) > 0,
      )
      return right.length / better.length
    }
    const input = { table, pairs, answers: { share, variance }, alpha: 0.02, test, better }
    return { predict: predictAccuracy(input), simulated }
  }

  it.each([
    ['linear rewards', 5, 100, 400],
    ['a reward for each response', 0, 10, 150],
  ])('is what simulated fits come to: %s', (_, features, prompts, budget) => {
    const { predict, simulated } = ground(features, prompts, budget)
    const runs = Array.from({ length: 40 }, (_, seed) => simulated(seed))
    const mean = runs.reduce((sum, value) => sum + value, 0) / runs.length
    const spread = Math.sqrt(runs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs.length - 1))
    // Four standard errors of the simulation, and a point for labels being finitely many.
    expect(Math.abs(predict(1) - mean)).toBeLessThan((4 * spread) / Math.sqrt(runs.length) + 0.01)
  })

  it('rises with the labels, up to what the fit to expected answers orders', () => {
    const { predict } = ground(5, 50, 200)
    const values = [0.25, 1, 4, 16, 1024].map(predict)
    expect(values.toSorted((a, b) => a - b)).toEqual(values)
    expect(values.at(-1)).toBeGreaterThan(0.98)
  })

  it('is turned around by scaleForAccuracy', () => {
    const { predict } = ground(5, 50, 200)
    const scale = scaleForAccuracy(predict, 0.93)!
    expect(predict(scale)).toBeCloseTo(0.93, 4)
    expect(scaleForAccuracy(() => 0.8, 0.9)).toBe(null)
  })
})
