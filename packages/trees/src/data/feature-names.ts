import { TreesError } from '../trees-error'
import { shown } from './shown'

const invalid = (message: string) => new TreesError('INVALID_DATA', message)

/** LightGBM refuses these in names, since it writes models as JSON too. */
const REFUSED = /[",:[\]{}]/
/** What would end a name in a model file: LightGBM writes these there and fails to read them. */
const BREAKING = /[\t\n\r\v\f]/

function checkName(name: unknown, place: string): string {
  if (typeof name !== 'string') {
    throw invalid(`${place} is ${shown(name)}; expected a string`)
  }
  if (name === '') throw invalid(`${place} is empty; a model file could not hold it`)
  const character = (REFUSED.exec(name) ?? BREAKING.exec(name))?.[0]
  if (character === undefined) return name.replaceAll(' ', '_')
  throw invalid(`${place} is ${shown(name)}; LightGBM allows no ${JSON.stringify(character)} in names`)
}

/**
 * A name for each column, by LightGBM's rules: spaces become `_`, characters of JSON are refused.
 *
 * @param at What stands before names in messages: empty, or such as `validation.test.`.
 * @throws TreesError `DIMENSION_MISMATCH` for another number of names than columns; `INVALID_DATA` for a refused
 * character, an empty name, a name that comes twice.
 */
export function checkFeatureNames(
  at: string,
  names: readonly string[] | undefined,
  columns: number,
): readonly string[] {
  if (names === undefined) return Array.from({ length: columns }, (_, i) => `Column_${i}`)
  if (!Array.isArray(names)) throw invalid(`${at}feature_name is ${shown(names)}; expected an array of names`)
  if (names.length !== columns) {
    const message = `${at}feature_name has ${names.length} names; the features have ${columns} columns`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  const columnOf = new Map<string, number>()
  return names.map((given, column) => {
    const name = checkName(given, `${at}feature_name[${column}]`)
    const before = columnOf.get(name)
    if (before !== undefined) {
      throw invalid(`${at}feature_name[${column}] is ${shown(name)}, as feature_name[${before}] is`)
    }
    columnOf.set(name, column)
    return name
  })
}

/**
 * `[columns]` 1 where a column is categorical.
 *
 * @throws TreesError `INVALID_DATA` for a column that is not there.
 */
export function checkCategorical(
  at: string,
  given: readonly (number | string)[] | undefined,
  names: readonly string[],
): Uint8Array {
  const categorical = new Uint8Array(names.length)
  if (given === undefined) return categorical
  if (!Array.isArray(given)) {
    throw invalid(`${at}categorical_feature is ${shown(given)}; expected an array of columns or names`)
  }
  given.forEach((one: unknown, i) => {
    const column = typeof one === 'string' ? names.indexOf(one.replaceAll(' ', '_')) : one
    if (typeof column !== 'number' || !Number.isInteger(column) || column < 0 || column >= names.length) {
      throw invalid(
        `${at}categorical_feature[${i}] is ${shown(one)}; expected a column from 0 to ${names.length - 1} or a name of one`,
      )
    }
    categorical[column] = 1
  })
  return categorical
}
