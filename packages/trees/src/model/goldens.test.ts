import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../data/matrix'
import { addTreeToScores } from './add-tree'
import { featureImportance } from './feature-importance'
import { predict } from './predict'
import { readModel } from './read-model'
import { writeModel } from './write-model'

type Coded = number | string

interface Golden {
  readonly model: string
  readonly features: readonly (readonly Coded[])[]
  readonly raw: readonly Coded[]
  readonly response: readonly Coded[]
  readonly leaf: readonly Coded[]
  readonly contributions: readonly Coded[] | null
  readonly split: readonly Coded[]
  readonly gain: readonly Coded[]
  readonly ranges: readonly {
    readonly startIteration: number
    readonly numIteration: number
    readonly raw: readonly Coded[]
    readonly response: readonly Coded[]
    readonly leaf: readonly Coded[]
    readonly model: string
  }[]
}

const folder = new URL('goldens/', import.meta.url)
const names: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}
const numbers = (values: readonly Coded[]): number[] =>
  values.map((value) => (typeof value === 'string' ? names[value]! : value))

const goldens = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    // Made by tools/parity/trees_models.py.
    const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden
    return { name: file.replace('.json', ''), golden, features: golden.features.map(numbers) }
  })

/** The same rows often enough for them to be predicted in blocks. */
const repeated = (features: readonly number[][], times: number): Matrix => ({
  data: Float64Array.from(Array.from({ length: times }, () => features.flat()).flat()),
  rows: features.length * times,
  columns: features[0]!.length,
})

/** Equal to within `tolerance` of the larger, and the same where one of them is no finite number. */
function expectClose(found: ArrayLike<number>, wanted: readonly Coded[], tolerance: number): void {
  const values = numbers(wanted)
  expect(found.length).toBe(values.length)
  values.forEach((value, i) => {
    const same = Object.is(found[i], value) || found[i] === value
    if (!same)
      expect(Math.abs(found[i]! - value) / Math.abs(value), `[${i}] ${found[i]} ${value}`).toBeLessThan(
        tolerance,
      )
  })
}

describe.each(goldens)('LightGBM 4.7.0: $name', ({ golden, features }) => {
  const model = readModel(golden.model)

  it('writes the text that was read, byte for byte, whichever line ends it had', () => {
    expect(writeModel(model)).toBe(golden.model)
    expect(readModel(golden.model.replaceAll('\n', '\r\n'))).toEqual(model)
  })

  it('sums the same raw scores, to the last bit, row by row and in blocks', () => {
    const raw = numbers(golden.raw)
    expectClose(predict(model, features, { type: 'raw' }), golden.raw, 0)
    const times = Math.ceil(700 / features.length)
    const blocks = predict(model, repeated(features, times), { type: 'raw' })
    expectClose(blocks, Array.from({ length: times }, () => raw).flat(), 0)
  })

  it('predicts the same responses, leaves and contributions', () => {
    // exp and log1p differ by units in the last place between libraries.
    expectClose(predict(model, features), golden.response, 1e-12)
    expectClose(predict(model, features, { type: 'leaf' }), golden.leaf, 0)
    if (golden.contributions === null) return
    expectClose(predict(model, features, { type: 'contributions' }), golden.contributions, 0)
  })

  it('counts the same importances', () => {
    expectClose(featureImportance(model), golden.split, 0)
    expectClose(featureImportance(model, { type: 'gain' }), golden.gain, 1e-15)
  })

  it('uses the iterations that are asked for, and writes them alone', () => {
    for (const { raw, response, leaf, model: text, ...range } of golden.ranges) {
      expectClose(predict(model, features, { ...range, type: 'raw' }), raw, 0)
      expectClose(predict(model, features, range), response, 1e-12)
      expectClose(predict(model, features, { ...range, type: 'leaf' }), leaf, 0)
      expect(writeModel(model, range)).toBe(
        text.replace(/\n\npandas_categorical.*/s, writeModel(model).match(/\n\npandas_categorical.*/s)![0]),
      )
    }
  })

  it('adds trees to scores one by one', () => {
    const matrix = repeated(features, 1)
    const classes = model.numTreePerIteration
    const scores = new Float64Array(matrix.rows * classes)
    const odd = Int32Array.from({ length: matrix.rows >> 1 }, (_, i) => 2 * i + 1)
    const even = Int32Array.from({ length: (matrix.rows + 1) >> 1 }, (_, i) => 2 * i)
    model.trees.forEach((tree, t) => {
      const ofClass = scores.subarray((t % classes) * matrix.rows, ((t % classes) + 1) * matrix.rows)
      addTreeToScores(tree, matrix, ofClass, odd)
      addTreeToScores(tree, matrix, ofClass, even, -1)
      addTreeToScores(tree, matrix, ofClass, even, 2)
    })
    const raw = predict(model, matrix, { type: 'raw' })
    raw.forEach((score, i) => {
      const found = scores[(i % classes) * matrix.rows + Math.floor(i / classes)]!
      // Infinite terms of linear trees cancel out here, but for this there are none.
      if (Number.isFinite(score))
        expect(Math.abs(found - score)).toBeLessThan(1e-12 * Math.max(1, Math.abs(score)))
    })
  })
})

it('has a golden of every objective, and every kind of tree', () => {
  const models = goldens.map(({ golden }) => readModel(golden.model))
  const objectives = new Set(models.map(({ objective }) => objective.split(' ')[0]))
  expect([...objectives].sort()).toEqual([
    '',
    'binary',
    'cross_entropy',
    'cross_entropy_lambda',
    'fair',
    'gamma',
    'huber',
    'lambdarank',
    'mape',
    'multiclass',
    'multiclassova',
    'poisson',
    'quantile',
    'rank_xendcg',
    'regression',
    'regression_l1',
    'tweedie',
  ])
  const trees = models.flatMap((model) => model.trees)
  const types = new Set(trees.flatMap((tree) => [...tree.decisionType]))
  expect([...types].sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 6, 8, 9, 10])
  expect(trees.some((tree) => tree.linear !== undefined)).toBe(true)
  expect(trees.some((tree) => tree.numLeaves === 1)).toBe(true)
  expect(trees.some((tree) => tree.catThreshold.length > 100)).toBe(true)
})
