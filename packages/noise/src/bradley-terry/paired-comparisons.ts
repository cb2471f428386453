import { checkColumns, checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, checkRecord, formatValue, type Names } from '../check-options'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'

/** Who or what is compared: a name or a number. The string "1" and the number 1 are two players. */
export type Player = Name

/** Comparisons of two players each, in columns of equal length. */
export interface PairedComparisons {
  /** The player in first position, or the winner where there are no `outcomes`. */
  readonly first: ArrayLike<Player>
  /** The player in second position, or the loser where there are no `outcomes`. */
  readonly second: ArrayLike<Player>
  /** 1 where the first won, 0 where the second did, 0.5 for a tie. Default: 1 throughout, first beat second. */
  readonly outcomes?: ArrayLike<number>
  /** How often the row counts, ≥ 0. Default: 1. */
  readonly weights?: ArrayLike<number>
  /** Numbers about each comparison by name, first minus second, such as a difference in length. Finite. */
  readonly covariates?: Readonly<Record<string, ArrayLike<number>>>
}

/** Comparisons with players numbered from 0 as they come. */
export interface Rows {
  readonly players: readonly Player[]
  readonly first: Int32Array
  readonly second: Int32Array
  /** 1, 0 or 0.5. */
  readonly outcomes: Float64Array
  readonly weights: Float64Array
  /** Name and column. */
  readonly covariates: readonly (readonly [string, ArrayLike<number>])[]
}

const names: Names<PairedComparisons> = {
  first: true,
  second: true,
  outcomes: true,
  weights: true,
  covariates: true,
}

function refuse(parameter: string, value: unknown, expected: string): never {
  const message = `${parameter} is ${formatValue(value)}; expected ${expected}`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/** Players numbered by place of first appearance, `first` before `second` in a row. */
export function numberPlayers(first: ArrayLike<Player>, second: ArrayLike<Player>) {
  const { names: players, numbers } = numberNames({ first, second })
  for (let row = 0; row < first.length; row++) {
    if (numbers.first[row] !== numbers.second[row]) continue
    refuse(`second[${row}]`, second[row], 'another player than the first')
  }
  return { players, ...numbers }
}

function checkedOutcomes(outcomes: ArrayLike<number> | undefined, length: number): Float64Array {
  if (outcomes === undefined) return new Float64Array(length).fill(1)
  const checked = new Float64Array(outcomes)
  for (let row = 0; row < length; row++) {
    const outcome = checked[row]!
    if (outcome !== 1 && outcome !== 0 && outcome !== 0.5) {
      refuse(
        `outcomes[${row}]`,
        outcomes[row],
        '1 where the first won, 0 where the second did, or 0.5 for a tie',
      )
    }
  }
  return checked
}

function checkedWeights(weights: ArrayLike<number> | undefined, length: number): Float64Array {
  if (weights === undefined) return new Float64Array(length).fill(1)
  checkFinite('weights', weights)
  const checked = new Float64Array(weights)
  const negative = checked.findIndex((weight) => weight < 0)
  if (negative >= 0) refuse(`weights[${negative}]`, weights[negative], 'a number of at least 0')
  return checked
}

/** Comparisons, checked, players numbered. */
export function rowsOf(comparisons: PairedComparisons): Rows {
  checkNames('comparisons', comparisons, names)
  const { first, second, outcomes, weights, covariates = {} } = comparisons
  checkRecord('covariates', covariates, 'an object of columns by name')
  checkColumns({ first, second }, 'one player for each comparison')
  checkSameLength({ first, second, outcomes, weights, ...covariates })
  if (first.length === 0) {
    throw new NoiseError('TOO_FEW', 'first', 'first has no values; expected at least one comparison')
  }
  for (const [name, column] of Object.entries(covariates)) checkFinite(`covariates.${name}`, column)
  return {
    ...numberPlayers(first, second),
    outcomes: checkedOutcomes(outcomes, first.length),
    weights: checkedWeights(weights, first.length),
    covariates: Object.entries(covariates),
  }
}
