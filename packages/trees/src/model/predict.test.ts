import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TreesError } from '../trees-error'
import { featureImportance } from './feature-importance'
import { predict } from './predict'
import { readModel } from './read-model'
import { writeModel } from './write-model'

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8'))
const modelOf = (name: string) => readModel(golden(name).model)

function errorOf(act: () => unknown): TreesError {
  try {
    act()
  } catch (error) {
    if (TreesError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const model = modelOf('multiclass')
const row = [0, 0, 0, 1, 1, 0]

describe('predict', () => {
  it.each<[string, () => unknown, string, string]>([
    ['no rows', () => predict(model, []), 'INVALID_DATA', 'features has no rows'],
    [
      'ragged rows',
      () => predict(model, [row, [1]]),
      'DIMENSION_MISMATCH',
      'row 1 has 1 columns and row 0 has 6',
    ],
    [
      'another width',
      () => predict(model, [[1, 2]]),
      'DIMENSION_MISMATCH',
      'features has 2 columns; expected 6',
    ],
    [
      'what is no number',
      // @ts-expect-error a hole, from a caller without types
      () => predict(model, [[...row.slice(1), undefined]]),
      'INVALID_DATA',
      'row 0, column 5 is undefined',
    ],
    [
      'another type',
      // @ts-expect-error a type there is not
      () => predict(model, [row], { type: 'shap' }),
      'INVALID_PARAMETER',
      "type is 'shap'; expected one of response, raw, leaf, contributions",
    ],
    [
      'a late start',
      () => predict(model, [row], { startIteration: 4 }),
      'INVALID_PARAMETER',
      'startIteration is 4; expected an integer from 0 to 3',
    ],
    [
      'no iterations',
      () => predict(model, [row], { numIteration: 0 }),
      'INVALID_PARAMETER',
      'numIteration is 0; expected an integer of at least 1',
    ],
    [
      'an option there is not',
      // @ts-expect-error an option of Python's
      () => predict(model, [row], { predLeaf: true }),
      'INVALID_PARAMETER',
      "no option 'predLeaf'; expected one of type, startIteration, numIteration",
    ],
    [
      'a misspelt option',
      // @ts-expect-error an option there is not
      () => predict(model, [row], { numIterations: 1 }),
      'INVALID_PARAMETER',
      "no option 'numIterations'; did you mean numIteration?",
    ],
    [
      'options that are none',
      // @ts-expect-error a type where options are expected
      () => predict(model, [row], 'leaf'),
      'INVALID_PARAMETER',
      "options are 'leaf'; expected an object such as { type: 'leaf' }",
    ],
    [
      'no options',
      // @ts-expect-error null, from a caller without types
      () => predict(model, [row], null),
      'INVALID_PARAMETER',
      'options are null; expected an object',
    ],
    [
      'an option of writing that there is not',
      // @ts-expect-error an option there is not
      () => writeModel(model, { iterations: 1 }),
      'INVALID_PARAMETER',
      "no option 'iterations'; expected one of importanceType",
    ],
    [
      'an option of importances that there is not',
      // @ts-expect-error an option of Python's
      () => featureImportance(model, { importance_type: 'gain' }),
      'INVALID_PARAMETER',
      "no option 'importance_type'; expected one of type",
    ],
    [
      'half an iteration',
      () => writeModel(model, { numIteration: 0.5 }),
      'INVALID_PARAMETER',
      'numIteration is 0.5',
    ],
    [
      'another importance',
      // @ts-expect-error a type there is not
      () => featureImportance(model, { type: 'cover' }),
      'INVALID_PARAMETER',
      "type is 'cover'; expected one of split, gain",
    ],
    [
      'contributions of linear trees',
      () => predict(modelOf('linear'), [row], { type: 'contributions' }),
      'UNSUPPORTED',
      'linear',
    ],
  ])('names what is wrong: %s', (_, act, code, message) => {
    const error = errorOf(act)
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })

  it('predicts float32 as the numbers they are', () => {
    const rows = 50
    const data = Float32Array.from({ length: rows * 6 }, (_, i) => Math.sin(i) * 5)
    const wide = { data: Float64Array.from(data), rows, columns: 6 }
    for (const type of ['raw', 'leaf', 'contributions'] as const) {
      expect(predict(model, { data, rows, columns: 6 }, { type })).toEqual(predict(model, wide, { type }))
    }
  })

  it.each([
    'many-categories',
    'multiclass',
    'zero-as-missing',
    'missing-nan',
    'near-zero-zero',
    'one-leaf-class',
  ])('predicts blocks of rows as it predicts single rows: %s', (name) => {
    const trees = modelOf(name)
    const rows = 4119
    const special = [Number.NaN, 0, -0, 1e-36, -1e-36, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]
    const data = Float64Array.from({ length: rows * 6 }, (_, i) => {
      const value = Math.sin(i * i) * 43758.5453
      return i % 7 === 0
        ? special[i % special.length]!
        : (value - Math.floor(value)) * 6 - (i % 6 < 3 ? 3 : 0)
    })
    const together = predict(trees, { data, rows, columns: 6 }, { type: 'raw' })
    const singly = Array.from({ length: rows }, (_, row) => [
      ...predict(trees, { data: data.slice(row * 6, (row + 1) * 6), rows: 1, columns: 6 }, { type: 'raw' }),
    ])
    expect([...together]).toEqual(singly.flat())
    expect(new Set(together).size).toBeGreaterThan(3)
  })

  it('explains scores: contributions sum to the raw score, whatever the tree', () => {
    for (const name of ['regression', 'many-categories', 'multiclass', 'deep', 'one-leaf-class']) {
      const some = golden(name)
        .features.slice(0, 12)
        .map((each: (number | string)[]) => each.map(Number))
      const explained = modelOf(name)
      const raw = predict(explained, some, { type: 'raw' })
      const parts = predict(explained, some, { type: 'contributions' })
      const width = explained.maxFeatureIdx + 2
      raw.forEach((score, i) => {
        const sum = parts.subarray(i * width, (i + 1) * width).reduce((total, part) => total + part, 0)
        // Sums of tens of terms around 1.
        expect(Math.abs(sum - score)).toBeLessThan(1e-12)
      })
    }
  })

  it.each([
    ['regression', 100],
    ['regression', 2000],
    ['missing-nan', 100],
    ['multiclass', 300],
    ['many-categories', 300],
    ['deep', 100],
    ['one-leaf-class', 100],
  ] as const)('explains many rows as it explains single ones, to the last bit: %s, %i rows', (name, rows) => {
    const explained = modelOf(name)
    const columns = explained.maxFeatureIdx + 1
    const data = Float64Array.from({ length: rows * columns }, (_, i) => {
      const value = Math.sin(i * i) * 43758.5453
      return i % 11 === 0 ? Number.NaN : (value - Math.floor(value)) * 6 - (i % 2 === 0 ? 3 : 0)
    })
    const together = predict(explained, { data, rows, columns }, { type: 'contributions' })
    const singly = Array.from({ length: rows }, (_, row) => {
      const one = { data: data.slice(row * columns, (row + 1) * columns), rows: 1, columns }
      return [...predict(explained, one, { type: 'contributions' })]
    })
    expect(together).toEqual(Float64Array.from(singly.flat()))
  })

  it('explains a tree by hand: one split, 1 of 4 training rows left', () => {
    const [tree] = modelOf('one-leaf').trees
    const stump = {
      ...modelOf('one-leaf'),
      trees: [
        {
          ...tree!,
          numLeaves: 2,
          splitFeature: Int32Array.of(2),
          splitGain: Float32Array.of(1),
          threshold: Float64Array.of(0.5),
          decisionType: Uint8Array.of(0),
          leftChild: Int32Array.of(-1),
          rightChild: Int32Array.of(-2),
          leafValue: Float64Array.of(8, 4),
          leafCount: Int32Array.of(1, 3),
          internalCount: Int32Array.of(4),
        },
      ],
    }
    // Expected: 8 · 1/4 + 4 · 3/4 = 5, so going left adds 3 and going right takes 1.
    const parts = predict(
      stump,
      [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
      ],
      { type: 'contributions' },
    )
    expect([...parts]).toEqual([0, 0, 3, 0, 0, 0, 5, 0, 0, -1, 0, 0, 0, 5])
  })
})
