import { multiclassObjectives, rankingObjectives } from '../parameters/names'
import type { Parameters } from '../parameters/parameters'
import { TreesError } from '../trees-error'
import { checkColumn } from './check-column'
import { checkFeatures } from './check-features'
import { checkPairs } from './check-pairs'
import type { CheckedData } from './checked-data'
import { checkCategorical, checkFeatureNames } from './feature-names'
import { shown } from './shown'
import type { TrainingData } from './training-data'

/** The parameters that say what data must look like. */
export type DataParameters = Pick<Parameters, 'objective' | 'num_class'>

const invalid = (message: string) => new TreesError('INVALID_DATA', message)

/** Scores of one row: one for each class. */
const scoresPerRow = ({ objective, num_class }: DataParameters): number =>
  multiclassObjectives.has(objective) || objective === 'custom' ? num_class : 1

const known: Readonly<Record<keyof TrainingData, true>> = {
  features: true,
  label: true,
  weight: true,
  group: true,
  pairs: true,
  init_score: true,
  feature_name: true,
  categorical_feature: true,
}

function checkNames(owner: string, data: TrainingData): void {
  const value: unknown = data
  if (typeof value !== 'object' || value === null) {
    throw invalid(`${owner} is ${shown(value)}; expected an object with features and label`)
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  throw invalid(`${owner}: no ${unknown}; expected one of ${Object.keys(known).join(', ')}`)
}

function checkLabel(place: string, data: TrainingData, rows: number, objective: string): Float32Array {
  const { label } = data
  if (label === undefined) {
    if (objective === 'bradley_terry' || objective === 'custom') return new Float32Array(rows)
    throw invalid(`${place}label is missing; ${objective} needs one for each row`)
  }
  checkColumn(`${place}label`, label, rows, {})
  const floats = Float32Array.from(label)
  const large = floats.findIndex((value) => !Number.isFinite(value))
  if (large < 0) return floats
  throw invalid(`${place}label[${large}] is ${label[large]}; expected a number within a 32-bit float's range`)
}

function checkWeight(place: string, weight: ArrayLike<number>, rows: number): Float32Array {
  checkColumn(`${place}weight`, weight, rows, { least: 0, most: 3.4028234663852886e38 })
  return Float32Array.from(weight)
}

function queryBoundaries(place: string, group: ArrayLike<number>, rows: number): Int32Array {
  checkColumn(`${place}group`, group, undefined, { whole: true, least: 0 })
  const boundaries = new Int32Array(group.length + 1)
  let sum = 0
  for (let i = 0; i < group.length; i++) {
    sum += group[i]!
    boundaries[i + 1] = sum
  }
  if (sum === rows) return boundaries
  throw new TreesError('DIMENSION_MISMATCH', `${place}group sums to ${sum} rows; the features have ${rows}`)
}

function checkInitScore(
  place: string,
  score: ArrayLike<number>,
  rows: number,
  classes: number,
): Float64Array {
  checkColumn(`${place}init_score`, score, undefined, {})
  if (score.length === rows * classes) return Float64Array.from(score)
  const expected = classes === 1 ? `${rows}, one for each row` : `${classes} × ${rows}, class by class`
  throw new TreesError(
    'DIMENSION_MISMATCH',
    `${place}init_score has ${score.length} entries; expected ${expected}`,
  )
}

function needs(place: string, data: TrainingData, objective: string): void {
  if (rankingObjectives.has(objective) && data.group === undefined) {
    throw invalid(`${place}group is missing; ${objective} needs the rows of each query`)
  }
  if (objective === 'bradley_terry' && data.pairs === undefined) {
    throw invalid(`${place}pairs is missing; bradley_terry needs comparisons of rows`)
  }
  if (objective === 'bradley_terry' && data.weight !== undefined) {
    const message = `${place}weight is given, which bradley_terry has no use for, as it weighs comparisons`
    throw invalid(`${message}; give ${place}pairs.weight, one weight for each pair`)
  }
  if (objective !== 'bradley_terry' && data.pairs !== undefined) {
    throw invalid(`${place}pairs is given, which ${objective} has no use for; use objective bradley_terry`)
  }
}

/**
 * Training data of the lengths and types that training needs. Features are not copied when they are a Matrix.
 *
 * @param place Where they stand, for messages: such as `validation.test`; empty for training data.
 * @throws TreesError `INVALID_DATA` and `DIMENSION_MISMATCH`, with the row and column of what is wrong.
 */
export function checkTrainingData(data: TrainingData, parameters: DataParameters, place = ''): CheckedData {
  checkNames(place === '' ? 'data' : place, data)
  const at = place === '' ? '' : `${place}.`
  const features = checkFeatures(`${at}features`, data.features)
  needs(at, data, parameters.objective)
  const { rows, columns } = features
  const featureNames = checkFeatureNames(at, data.feature_name, columns)
  return {
    features,
    label: checkLabel(at, data, rows, parameters.objective),
    hasLabel: data.label !== undefined,
    ...(data.weight && { weight: checkWeight(at, data.weight, rows) }),
    ...(data.group && { queryBoundaries: queryBoundaries(at, data.group, rows) }),
    ...(data.pairs && { pairs: checkPairs(`${at}pairs`, data.pairs, rows) }),
    ...(data.init_score && {
      initScore: checkInitScore(at, data.init_score, rows, scoresPerRow(parameters)),
    }),
    featureNames,
    categorical: checkCategorical(at, data.categorical_feature, featureNames),
  }
}

/**
 * Throws unless validation data have the training data's columns: what they say of names and categories has to agree, and
 * need not be said again.
 *
 * @throws TreesError `DIMENSION_MISMATCH` for another number of columns; `INVALID_DATA` for another name, and for categories
 * that are numbers in the training data or the other way round.
 */
export function checkSameColumns(
  place: string,
  given: Pick<TrainingData, 'feature_name' | 'categorical_feature'>,
  data: CheckedData,
  training: CheckedData,
): void {
  const [own, expected] = [data.features.columns, training.features.columns]
  if (own !== expected) {
    const message = `${place}.features has ${own} columns; the training data have ${expected}`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  const names = training.featureNames
  const renamed = data.featureNames.findIndex((name, column) => name !== names[column])
  if (given.feature_name !== undefined && renamed >= 0) {
    const message = `${place}.feature_name[${renamed}] is ${shown(data.featureNames[renamed])}`
    throw invalid(
      `${message}; the training data have ${shown(names[renamed])} there, so expected that or no names`,
    )
  }
  const changed = data.categorical.findIndex((one, column) => one !== training.categorical[column])
  if (given.categorical_feature === undefined || changed < 0) return
  const has = data.categorical[changed] === 1 ? 'has' : 'lacks'
  const message = `${place}.categorical_feature ${has} column ${changed}, unlike the training data's`
  throw invalid(`${message}; expected the same columns, or none given`)
}

/**
 * Throws unless parameters that have an entry for each column fit the data.
 *
 * @throws TreesError `DIMENSION_MISMATCH` for another number of entries than columns; `INVALID_PARAMETER` for a
 * monotone constraint on a categorical column.
 */
export function checkColumnParameters(parameters: Parameters, data: CheckedData): void {
  for (const name of ['monotone_constraints', 'max_bin_by_feature'] as const) {
    const { length } = parameters[name]
    if (length === 0 || length === data.features.columns) continue
    const message = `${name} has ${length} entries; the features have ${data.features.columns} columns`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  const column = parameters.monotone_constraints.findIndex(
    (sign, i) => sign !== 0 && data.categorical[i] === 1,
  )
  if (column < 0) return
  throw new TreesError(
    'INVALID_PARAMETER',
    `monotone_constraints[${column}] is ${parameters.monotone_constraints[column]}, and column ${column} is categorical; expected 0`,
  )
}
