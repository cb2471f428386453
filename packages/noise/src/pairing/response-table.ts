import type { Numbers } from '../annotators/comparisons'
import { checkColumns, checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, type Names } from '../check-options'
import { groupRows } from '../group-rows'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'

/** Responses to choose pairs of, one entry for each in every column. Pairs name responses by their place here. */
export interface ResponseTable {
  /** Which prompt each response answers: a name or a number. The string "1" and the number 1 are two prompts. */
  readonly prompts: ArrayLike<Name>
  /** How good each response is thought to be, higher being better. Finite. Designs by rank need it. */
  readonly scores?: Numbers
  /** What is known of each response: a row of equally many numbers, of size up to 10⁷⁵. */
  readonly features?: ArrayLike<Numbers>
}

const names: Names<ResponseTable> = { prompts: true, scores: true, features: true }

/** Rows by prompt: those of prompt g are `rows[starts[g]]` to `rows[starts[g + 1] - 1]`. */
export interface Groups {
  readonly count: number
  readonly starts: Int32Array
  readonly rows: Int32Array
}

/** How many rows a prompt has. */
export const sizeOf = ({ starts }: Groups, group: number): number => starts[group + 1]! - starts[group]!

/** The row of a prompt at a place from 0. */
export const rowOf = ({ starts, rows }: Groups, group: number, place: number): number =>
  rows[starts[group]! + place]!

/** All prompts, by number. */
export const everyGroup = ({ count }: Groups): Int32Array => Int32Array.from({ length: count }, (_, g) => g)

/** Throws `NoiseError` unless the columns fit together and hold what they should. */
export function checkTable(table: ResponseTable): void {
  checkNames('table', table, names)
  const { prompts, scores, features } = table
  checkColumns({ prompts }, 'the prompt of each response')
  checkSameLength({ prompts, scores, features })
  if (scores !== undefined) checkFinite('scores', scores)
  if (features !== undefined) checkFeatures(features)
}

/** Squares of larger features, and their squares, are infinite. */
const LARGEST = 1e75

function checkFeatures(features: ArrayLike<Numbers>): void {
  for (let row = 0; row < features.length; row++) {
    checkSameLength({ 'features[0]': features[0], [`features[${row}]`]: features[row] })
    checkFinite(`features[${row}]`, features[row]!)
    const large = Array.from(features[row]!).findIndex((value) => Math.abs(value) > LARGEST)
    if (large < 0) continue
    const message = `features[${row}][${large}] is ${features[row]![large]}; expected a number of size up to ${LARGEST}`
    throw new NoiseError('OUT_OF_RANGE', `features[${row}]`, message)
  }
}

/** The rows of each prompt, in the order of the table. The table is checked. */
export function groupByPrompt(table: ResponseTable): Groups {
  checkTable(table)
  const { names: prompts, numbers } = numberNames({ prompts: table.prompts })
  const { starts, order } = groupRows(numbers.prompts, prompts.length)
  return { count: prompts.length, starts, rows: order }
}

/** The prompt of each row by number; −1 for rows that are in no group. */
export function groupOfRows({ count, starts, rows }: Groups, length: number): Int32Array {
  const of = new Int32Array(length).fill(-1)
  for (let group = 0; group < count; group++) {
    for (let place = starts[group]!; place < starts[group + 1]!; place++) of[rows[place]!] = group
  }
  return of
}
