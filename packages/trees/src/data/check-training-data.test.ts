import { describe, expect, it } from 'vitest'
import { checkParameters } from '../parameters/check-parameters'
import type { ParameterOptions } from '../parameters/parameters'
import { expectTreesError } from '../testing/expect-trees-error'
import { checkColumnParameters, checkSameColumns, checkTrainingData } from './check-training-data'
import type { TrainingData } from './training-data'

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
]
const good: TrainingData = { features: rows, label: [0, 1, 0] }

const check = (changes: Record<string, unknown>, options: ParameterOptions = {}) =>
  // As plain JavaScript gives data, past what the types allow.
  checkTrainingData({ ...good, ...changes } as TrainingData, checkParameters(options))

const pairs = { chosen: [0, 1], rejected: [2, 0] }
const bradleyTerry = { objective: 'bradley_terry' } as const

describe('checkTrainingData', () => {
  it('makes a matrix of rows', () => {
    const { features, label, featureNames, categorical } = check({})
    expect(features).toEqual({ data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 3, columns: 2 })
    expect(label).toEqual(Float32Array.of(0, 1, 0))
    expect(featureNames).toEqual(['Column_0', 'Column_1'])
    expect(categorical).toEqual(Uint8Array.of(0, 0))
  })

  it('does not copy a matrix', () => {
    const features = { data: Float32Array.of(1, 2, 3), rows: 3, columns: 1 }
    expect(check({ features }).features.data).toBe(features.data)
  })

  it('keeps NaN and infinity in features', () => {
    const features = [[Number.NaN], [Number.POSITIVE_INFINITY], [0]]
    expect(check({ features }).features.data).toEqual(
      Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0),
    )
  })

  it.each([
    ['DIMENSION_MISMATCH', { features: [[1, 2], [3], [5, 6]] }, /row 1 has 1 columns and row 0 has 2/],
    [
      'INVALID_DATA',
      {
        features: [
          [1, 2],
          [3, undefined],
          [5, 6],
        ],
      },
      /row 1, column 1 is undefined; .* NaN/,
    ],
    [
      'INVALID_DATA',
      {
        features: [
          [1, 2],
          [null, 4],
          [5, 6],
        ],
      },
      /row 1, column 0 is null/,
    ],
    [
      'INVALID_DATA',
      {
        features: [
          [1, 2],
          ['x', 4],
          [5, 6],
        ],
      },
      /row 1, column 0 is 'x'/,
    ],
    ['INVALID_DATA', { features: [[1, 2], 3, [5, 6]] }, /features\[1\] is 3/],
    ['INVALID_DATA', { features: [] }, /features has no rows/],
    ['INVALID_DATA', { features: [[], [], []] }, /features has no columns/],
    ['INVALID_DATA', { features: undefined }, /features is undefined/],
    [
      'INVALID_DATA',
      { features: { data: [1], rows: 1, columns: 1 } },
      /features.data is Array\(1\) \[1\]; expected a Float32Array/,
    ],
    [
      'INVALID_DATA',
      { features: { data: new Float32Array(3), rows: 1.5, columns: 2 } },
      /features.rows is 1.5/,
    ],
    [
      'DIMENSION_MISMATCH',
      { features: { data: new Float32Array(5), rows: 3, columns: 2 } },
      /has 5 .* 3 × 2 = 6/,
    ],
    ['INVALID_DATA', { label: undefined }, /label is missing; regression needs/],
    ['DIMENSION_MISMATCH', { label: [1, 2] }, /label has 2 entries; expected 3/],
    ['INVALID_DATA', { label: [0, Number.NaN, 1] }, /label\[1\] is NaN/],
    ['INVALID_DATA', { label: [0, 1, Number.POSITIVE_INFINITY] }, /label\[2\] is Infinity/],
    ['INVALID_DATA', { label: [0, 1, 1e300] }, /label\[2\] is 1e\+300; .* 32-bit/],
    ['INVALID_DATA', { label: ['a', 1, 1] }, /label\[0\] is 'a'; expected a finite number/],
    ['INVALID_DATA', { label: 5 }, /label is 5; expected an array/],
    ['INVALID_DATA', { weight: [1, -1, 1] }, /weight\[1\] is -1; .* from 0/],
    ['DIMENSION_MISMATCH', { weight: [1] }, /weight has 1 entries; expected 3/],
    ['DIMENSION_MISMATCH', { group: [1, 1] }, /group sums to 2 rows; the features have 3/],
    ['INVALID_DATA', { group: [1.5, 1.5] }, /group\[0\] is 1.5; expected an integer/],
    ['DIMENSION_MISMATCH', { init_score: [1, 2] }, /init_score has 2 entries; expected 3/],
    ['INVALID_DATA', { init_score: [1, 2, Number.NaN] }, /init_score\[2\] is NaN/],
    ['DIMENSION_MISMATCH', { feature_name: ['a'] }, /feature_name has 1 names; .* 2 columns/],
    ['INVALID_DATA', { feature_name: ['a', 'a'] }, /feature_name\[1\] is 'a', as feature_name\[0\] is/],
    ['INVALID_DATA', { feature_name: ['a b', 'a_b'] }, /feature_name\[1\] is 'a_b', as/],
    ['INVALID_DATA', { feature_name: ['a', 'b:c'] }, /feature_name\[1\] is 'b:c'; LightGBM allows no ":"/],
    ['INVALID_DATA', { feature_name: ['a', 'b\nc'] }, /feature_name\[1\]/],
    ['INVALID_DATA', { feature_name: ['a', ''] }, /feature_name\[1\] is empty/],
    ['INVALID_DATA', { feature_name: ['a', 3] }, /feature_name\[1\] is 3; expected a string/],
    [
      'INVALID_DATA',
      { categorical_feature: [2] },
      /categorical_feature\[0\] is 2; expected a column from 0 to 1/,
    ],
    ['INVALID_DATA', { categorical_feature: ['x'] }, /categorical_feature\[0\] is 'x'/],
    ['INVALID_DATA', { categorical_feature: 'x' }, /categorical_feature is 'x'; expected an array/],
    ['INVALID_DATA', { labels: [1, 2, 3] }, /no labels; expected one of features, label/],
    ['INVALID_DATA', { pairs }, /pairs is given, which regression has no use for/],
  ] as const)('%s for %j', async (code, changes, message) => {
    await expectTreesError(() => check(changes), code, message)
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a big integer', { label: [2n, 1, 1] }, /label\[0\] is 2n; expected a finite number/],
    ['a long text', { label: 'x'.repeat(1e5) }, /^.{0,200}$/],
    ['an object without prototype', { label: Object.create(null) }, /label is Object {}; expected an array/],
    [
      'data of another type',
      { features: { data: new Uint8Array(1e5), rows: 1e5, columns: 1 } },
      /features.data is Uint8Array\(100000\) \[0, 0, 0, 0, 0, …\]; expected a Float32Array/,
    ],
  ])('shows briefly what is wrong: %s', async (_, changes, message) => {
    await expectTreesError(() => check(changes), 'INVALID_DATA', message)
  })

  it.each([
    [{ chosen: [], rejected: [] }, /pairs.chosen is empty/],
    [{ chosen: [3], rejected: [0] }, /pairs.chosen\[0\] is 3; expected an integer from 0 to 2/],
    [{ chosen: [0], rejected: [-1] }, /pairs.rejected\[0\] is -1/],
    [{ chosen: [1], rejected: [1] }, /pair 0 compares row 1 with itself/],
    [{ ...pairs, weight: [1, -2] }, /pairs.weight\[1\] is -2/],
    [{ ...pairs, preference: [0.5, 1.5] }, /pairs.preference\[1\] is 1.5; .* from 0 to 1/],
  ])('refuses pairs %j', async (changed, message) => {
    await expectTreesError(() => check({ pairs: changed }, bradleyTerry), 'INVALID_DATA', message)
  })

  it('refuses columns of pairs of several lengths', async () => {
    const work = () => check({ pairs: { chosen: [0, 1], rejected: [2] } }, bradleyTerry)
    await expectTreesError(work, 'DIMENSION_MISMATCH', /pairs.rejected has 1 entries and pairs.chosen 2/)
  })

  it('refuses weights of rows where comparisons have weights', async () => {
    for (const place of ['', 'validation.test']) {
      const at = place === '' ? '' : `${place}.`
      const given = { ...good, pairs, weight: [1, 2, 3] }
      const work = () => checkTrainingData(given, checkParameters(bradleyTerry), place)
      await expectTreesError(work, 'INVALID_DATA', `${at}weight is given, `, `give ${at}pairs.weight`)
    }
  })

  it('needs what the objective needs', async () => {
    await expectTreesError(() => check({}, { objective: 'lambdarank' }), 'INVALID_DATA', /group is missing/)
    await expectTreesError(() => check({}, bradleyTerry), 'INVALID_DATA', /pairs is missing/)
    expect(check({ label: undefined, pairs }, bradleyTerry).label).toEqual(new Float32Array(3))
  })

  it('takes a start for each class', async () => {
    const multiclass = { objective: 'multiclass', num_class: 2 } as const
    expect(check({ init_score: [1, 2, 3, 4, 5, 6] }, multiclass).initScore).toHaveLength(6)
    const work = () => check({ init_score: [1, 2, 3] }, multiclass)
    await expectTreesError(
      work,
      'DIMENSION_MISMATCH',
      /init_score has 3 entries; expected 2 × 3, class by class/,
    )
  })

  it('finds categories by name, in which spaces become underlines', () => {
    const { featureNames, categorical } = check({ feature_name: ['a b', 'c'], categorical_feature: ['a b'] })
    expect(featureNames).toEqual(['a_b', 'c'])
    expect(categorical).toEqual(Uint8Array.of(1, 0))
  })

  it('sums groups', () => {
    expect(check({ group: [2, 0, 1] }).queryBoundaries).toEqual(Int32Array.of(0, 2, 2, 3))
  })
})

describe('data beside others', () => {
  it('needs the columns of the training data', async () => {
    const narrow = check({ features: [[1], [2], [3]] })
    const work = () => checkSameColumns('validation.test', {}, narrow, check({}))
    await expectTreesError(work, 'DIMENSION_MISMATCH', /validation.test.features has 1 columns; .* 2/)
  })

  it.each([
    [
      { feature_name: ['a', 'x'] },
      /validation.test.feature_name\[1\] is 'x'; the training data have 'c_d' there/,
    ],
    [
      { feature_name: ['a', 'c d'], categorical_feature: ['a', 'c d'] },
      /categorical_feature has column 0, unlike/,
    ],
    [{ categorical_feature: [] }, /validation.test.categorical_feature lacks column 1, unlike the training/],
  ])('refuses columns that are called otherwise: %j', async (changes, message) => {
    const training = check({ feature_name: ['a', 'c d'], categorical_feature: ['c d'] })
    const work = () => checkSameColumns('validation.test', changes, check(changes), training)
    await expectTreesError(work, 'INVALID_DATA', message)
  })

  it('need not say again what columns are, and may', () => {
    const columns = { feature_name: ['a', 'c d'], categorical_feature: ['c d'] }
    const training = check(columns)
    for (const given of [{}, columns, { categorical_feature: [1] }]) {
      expect(() => checkSameColumns('validation.test', given, check(given), training)).not.toThrow()
    }
  })

  it('says where columns of validation data are wrong', async () => {
    const work = (changes: object) => () =>
      checkTrainingData({ ...good, ...changes }, checkParameters({}), 'validation.test')
    await expectTreesError(
      work({ feature_name: ['a', ''] }),
      'INVALID_DATA',
      /^validation.test.feature_name\[1\] is empty/,
    )
    await expectTreesError(
      work({ categorical_feature: [9] }),
      'INVALID_DATA',
      /^validation.test.categorical_feature\[0\]/,
    )
  })

  it('needs a constraint for each column, and none on categories', async () => {
    const constrained = checkParameters({ monotone_constraints: [1] })
    await expectTreesError(
      () => checkColumnParameters(constrained, check({})),
      'DIMENSION_MISMATCH',
      /monotone_constraints has 1 entries; the features have 2 columns/,
    )
    const both = checkParameters({ monotone_constraints: [0, -1] })
    await expectTreesError(
      () => checkColumnParameters(both, check({ categorical_feature: [1] })),
      'INVALID_PARAMETER',
      /monotone_constraints\[1\] is -1, and column 1 is categorical/,
    )
  })
})
