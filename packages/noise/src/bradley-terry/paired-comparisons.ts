import { checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, formatValue, type Names } from '../check-options'
import { NoiseError } from '../noise-error'

/** Who or what is compared: a name or a number. The string "1" and the number 1 are two players. */
export type Player = string | number

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

/** Numbers each different player, by place of first appearance, `first` before `second` in a row. */
function numberPlayers(firsts: ArrayLike<Player>, seconds: ArrayLike<Player>) {
  const numbers = new Map<Player, number>()
  const numberOf = (column: string, row: number, player: Player): number => {
    const known = numbers.get(player)
    if (known !== undefined) return known
    if (typeof player !== 'string' && !Number.isFinite(player)) {
      refuse(`${column}[${row}]`, player, 'a string or a finite number')
    }
    numbers.set(player, numbers.size)
    return numbers.size - 1
  }
  const first = new Int32Array(firsts.length)
  const second = new Int32Array(firsts.length)
  for (let row = 0; row < first.length; row++) {
    first[row] = numberOf('first', row, firsts[row]!)
    second[row] = numberOf('second', row, seconds[row]!)
    if (first[row] === second[row]) refuse(`second[${row}]`, seconds[row], 'another player than the first')
  }
  return { first, second, players: [...numbers.keys()] }
}

function checkedOutcomes(outcomes: ArrayLike<number> | undefined, length: number): Float64Array {
  if (outcomes === undefined) return new Float64Array(length).fill(1)
  const checked = Float64Array.from(outcomes)
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
  const checked = Float64Array.from(weights)
  const negative = checked.findIndex((weight) => weight < 0)
  if (negative >= 0) refuse(`weights[${negative}]`, weights[negative], 'a number of at least 0')
  return checked
}

/** Comparisons, checked, players numbered. */
export function rowsOf(comparisons: PairedComparisons): Rows {
  checkNames('comparisons', comparisons, names)
  const { first, second, outcomes, weights, covariates = {} } = comparisons
  for (const [name, column] of Object.entries({ first, second })) {
    if (column !== undefined && column !== null) continue
    const message = `${name} is ${formatValue(column)}; expected one player for each comparison`
    throw new NoiseError('SHAPE_MISMATCH', name, message)
  }
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
