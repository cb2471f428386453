import fc from 'fast-check'
import { expect, test } from 'vitest'
import { squareShape } from '../mathematics/matrix-shape'
import { bradleyTerryIntervals } from './bradley-terry-intervals'
import { informationFactor } from './covariance'
import { type BradleyTerryFit, fitBradleyTerry } from './fit-bradley-terry'
import { maximise } from './newton'
import type { TieModel } from './outcome-models'
import { arbitraryRows } from './testing/arbitrary-comparisons'

const tieModels: readonly TieModel[] = ['half', 'davidson', 'rao-kupper']
const models = tieModels.flatMap((ties) => [true, false].map((orderEffect) => ({ ties, orderEffect })))

/** Two to five groups of players who met only each other, their rows shuffled; some tie and some decided. */
const grouped = fc
  .array(
    fc.integer({ min: 2, max: 5 }).chain((players) => arbitraryRows(players, 12)),
    {
      minLength: 2,
      maxLength: 5,
    },
  )
  .chain((groups) => {
    const all = groups.flatMap((rows, group) =>
      rows.map((row) => ({ ...row, first: 10 * group + row.first, second: 10 * group + row.second })),
    )
    const settled = [1, 0, 0.5].flatMap((outcome) => [
      { first: 0, second: 1, outcome, weight: 1 },
      { first: 1, second: 0, outcome, weight: 1 },
    ])
    const rows = [...settled, ...all]
    return fc.shuffledSubarray(rows, { minLength: rows.length })
  })
  .map((rows) => ({
    first: rows.map(({ first }) => first),
    second: rows.map(({ second }) => second),
    outcomes: rows.map(({ outcome }) => outcome),
    weights: rows.map(({ weight }) => weight),
  }))

/** The same model with all pairs of parameters in one block. */
function asOneBlock(fit: BradleyTerryFit): BradleyTerryFit {
  const problem = { ...fit.model.problem, shape: squareShape(fit.model.problem.size) }
  return { ...fit, model: { ...fit.model, problem } }
}

const effort = { tolerance: 1e-10, maxIterations: 100 }

const close = (values: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(values.length).toBe(expected.length)
  for (let i = 0; i < values.length; i++) {
    expect(Math.abs(values[i]! - expected[i]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected[i]!)))
  }
}

test.each(models)(
  'group by group is as all at once: $ties, order effect $orderEffect',
  ({ ties, orderEffect }) => {
    fc.assert(
      fc.property(grouped, fc.constantFrom(0.1, 1), (comparisons, alpha) => {
        // A comparison's covariate is one more parameter that all groups share.
        const covariates = { x: comparisons.first.map((_, row) => Math.sin(row)) }
        const columns = orderEffect ? comparisons : { ...comparisons, covariates }
        const fit = fitBradleyTerry(columns, { ties, orderEffect, alpha, covariateAlpha: 0.1 })
        const whole = asOneBlock(fit)
        const { problem } = whole.model
        expect(fit.model.problem.shape.blocks).toBeGreaterThan(1)
        const start = new Float64Array(problem.size)
        if (ties !== 'half') start[problem.size - 1] = 0.5
        close(fit.model.parameters, maximise(problem, start, effort).parameters)
        for (const method of ['wald', 'sandwich'] as const) {
          const intervals = bradleyTerryIntervals(fit, { method })
          const expected = bradleyTerryIntervals(whole, { method })
          close(intervals.covariance, expected.covariance)
          for (const name of ['orderEffect', 'tieParameter'] as const)
            close([intervals[name]?.standardError ?? 0], [expected[name]?.standardError ?? 0])
          close([intervals.coefficients.x?.standardError ?? 0], [expected.coefficients.x?.standardError ?? 0])
        }
      }),
      { numRuns: 40 },
    )
  },
)

test('many small groups have small matrices, and what they share is shared', () => {
  const groups = Array.from({ length: 300 }, (_, group) => 10 * group)
  const first = groups.flatMap((k) => [k, k + 1, k + 2, k])
  const second = groups.flatMap((k) => [k + 1, k + 2, k, k + 2])
  const outcomes = groups.flatMap((k) => [1, 0.5, Number(k % 20 === 0), 1])
  const options = { alpha: 0.5, orderEffect: true, ties: 'davidson' } as const
  const fit = fitBradleyTerry({ first, second, outcomes }, options)
  const players = 3 * groups.length
  // Six entries a group, and a row for each of γ and ν.
  expect(informationFactor(fit.model).length).toBe(6 * groups.length + players + 1 + players + 2)
  const alone = fitBradleyTerry(
    {
      first: first.slice(0, 8),
      second: second.slice(0, 8),
      outcomes: outcomes.slice(0, 8),
      weights: Array.from({ length: 8 }, () => groups.length / 2),
    },
    { ...options, alpha: (0.5 * groups.length) / 2 },
  )
  close(fit.strengths.subarray(0, 6), alone.strengths)
  close([fit.orderEffect!, fit.tieParameter!], [alone.orderEffect!, alone.tieParameter!])
})

test('what comparisons do not determine is named by its place, whatever the groups', () => {
  const comparisons = { first: [1, 5, 2, 6], second: [2, 6, 1, 5], covariates: { x: [0, 0, 0, 0] } }
  expect(() => fitBradleyTerry(comparisons, { alpha: 1 })).toThrow(/do not determine parameter 4 /)
})
