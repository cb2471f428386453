import { describe, expect, it } from 'vitest'
import { createMetrics } from '../metrics/create-metrics'
import { TreesError } from '../trees-error'
import { createObjective } from './create-objective'
import { goldenData, nameOf } from './goldens/golden-data'
import { goldens, type ObjectiveGolden } from './goldens/load-goldens'

const { cases, quantiles, absentClasses, refusals } = goldens.objectives

/** What may lie between two floats, relative to the larger: exp differs in its last bit from library to library. */
const LAST_BIT = 2 ** -23

function derivatives(golden: ObjectiveGolden) {
  const { parameters, data } = goldenData(golden)
  const gradients = new Float32Array(golden.scores.length)
  const hessians = new Float32Array(golden.scores.length)
  createObjective(parameters, data).computeGradients(Float64Array.from(golden.scores), gradients, hessians)
  return { gradients, hessians }
}

const differing = (ours: Float32Array, theirs: readonly (number | null)[]) =>
  theirs.filter((value, i) => value !== null && !Object.is(ours[i]! + 0, value + 0)).length

const farthest = (ours: Float32Array, theirs: readonly (number | null)[]) =>
  Math.max(
    ...theirs.map((value, i) => {
      if (value === null || value === ours[i]) return 0
      return Math.abs(ours[i]! - value) / Math.max(Math.abs(value), Math.abs(ours[i]!))
    }),
  )

describe.each(cases.map((golden) => ({ golden, name: nameOf(golden) })))('$name', ({ golden }) => {
  it("has LightGBM's gradients and Hessians, as floats", () => {
    const { gradients, hessians } = derivatives(golden)
    expect(differing(gradients, golden.gradients)).toBe(0)
    expect(differing(hessians, golden.hessians)).toBe(0)
    expect(farthest(gradients, golden.gradients)).toBeLessThanOrEqual(LAST_BIT)
  })

  it("starts from LightGBM's score, under LightGBM's name", () => {
    const { parameters, data } = goldenData(golden)
    const objective = createObjective(parameters, data)
    expect(objective.description).toBe(golden.description)
    expect(objective.treesPerIteration).toBe(golden.boostFromScore.length)
    golden.boostFromScore.forEach((value, tree) => {
      expect(Math.abs(objective.boostFromScore(tree) - value)).toBeLessThanOrEqual(
        1e-15 + 1e-14 * Math.abs(value),
      )
    })
  })
})

it.each(cases.filter(({ leaves }) => leaves).map((golden) => ({ golden, name: nameOf(golden) })))(
  'leaves take their values anew: $name',
  ({ golden }) => {
    const { parameters, data } = goldenData(golden)
    const objective = createObjective(parameters, data)
    const scores = Float64Array.from(golden.scores)
    for (const { rows, value } of golden.leaves!) {
      expect(objective.renewLeaf!(Int32Array.from(rows), scores)).toBeCloseTo(value, 14)
    }
  },
)

it("quantiles of few rows are LightGBM's", () => {
  for (const golden of quantiles) {
    const { parameters, data } = goldenData(golden)
    // A score below 1e-15 is not started from.
    expect(createObjective(parameters, data).boostFromScore(0) + 0, nameOf(golden)).toBe(
      golden.boostFromScore[0]! + 0,
    )
  }
})

it.each(absentClasses.map((golden) => ({ golden, name: nameOf(golden) })))(
  'a class of all rows or none is a constant: $name, labels $golden.label',
  ({ golden }) => {
    const { parameters, data } = goldenData(golden)
    const objective = createObjective(parameters, data)
    const trained = golden.boostFromScore.map((_, tree) => objective.needsTraining(tree))
    const rows = golden.label.length
    const share = (k: number) =>
      golden.label.filter((label) => (trained.length === 1 ? label > 0 : label === k)).length
    expect(trained).toEqual(trained.map((_, k) => share(k) > 0 && share(k) < rows))
    expect(objective.description).toBe(golden.description)
    golden.boostFromScore.forEach((value, tree) => {
      expect(Math.abs(objective.boostFromScore(tree) - value)).toBeLessThanOrEqual(1e-14 * Math.abs(value))
    })
  },
)

it.each(refusals)('what LightGBM refuses is refused: $params, $message', (golden) => {
  const attempt = () => {
    const { parameters, data } = goldenData(golden)
    createObjective(parameters, data)
    createMetrics(parameters, data)
  }
  expect(attempt).toThrow(TreesError)
})
