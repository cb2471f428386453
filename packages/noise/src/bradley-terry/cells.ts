import type { Rows } from './paired-comparisons'

/** What makes two rows one cell: the same pair, the same pair in the same order, or nothing. */
export type CellKey = 'pair' | 'ordered-pair' | 'row'

/** Sums of weights in each cell. */
export interface Counts {
  /** Where the cell's first player won. */
  readonly wins: Float64Array
  /** Where the cell's second player won. */
  readonly losses: Float64Array
  readonly ties: Float64Array
}

/**
 * Comparisons added up: rows with the same players and the same covariates are one cell. Parameters see of the rows only
 * these sums, so that fitting costs as much as there are pairs, however many comparisons there are.
 */
export interface Cells extends Counts {
  readonly by: CellKey
  readonly first: Int32Array
  readonly second: Int32Array
  /** Covariates of each cell besides its players, `[cells, width]`. */
  readonly extras: Float64Array
  readonly width: number
}

/** Kinds of a row: what the cell's first player made of it. */
const WIN = 0
const LOSS = 1
const TIE = 2

/** A number for the cell of two players; that of a pair has the smaller one first. */
const keyOf = (i: number, j: number, players: number, by: CellKey): number =>
  by === 'pair' ? Math.min(i, j) * players + Math.max(i, j) : i * players + j

const kindOf = (outcome: number): number => (outcome === 0.5 ? TIE : Number(outcome === 0))

/** What the cell's first player made of it, where that is the row's second one. */
const turned = [LOSS, WIN, TIE] as const

const kindInCell = ({ first, second, outcomes }: Rows, row: number, by: CellKey): number => {
  const kind = kindOf(outcomes[row]!)
  return by === 'pair' && first[row]! > second[row]! ? turned[kind]! : kind
}

/** Up to so many pairs are looked up in a table of all pairs, whatever the number of rows. */
const ALWAYS_DENSE = 2 ** 16

const isDense = ({ players, first }: Rows): boolean =>
  players.length ** 2 <= Math.max(ALWAYS_DENSE, 8 * first.length)

/** Players and counts of each cell. */
type Sums = Pick<Cells, 'first' | 'second' | 'wins' | 'losses' | 'ties'>

const emptySums = (cells: number): Sums => ({
  first: new Int32Array(cells),
  second: new Int32Array(cells),
  wins: new Float64Array(cells),
  losses: new Float64Array(cells),
  ties: new Float64Array(cells),
})

/** A row of its own for each comparison. */
function cellsByRow(
  { first, second, outcomes, weights }: Rows,
  columns: readonly ArrayLike<number>[],
): Cells {
  const width = columns.length
  const extras = new Float64Array(first.length * width)
  const counts = [WIN, LOSS, TIE].map(() => new Float64Array(first.length))
  for (let row = 0; row < first.length; row++) {
    for (let k = 0; k < width; k++) extras[row * width + k] = columns[k]![row]!
    counts[kindOf(outcomes[row]!)]![row] = weights[row]!
  }
  const [wins, losses, ties] = counts as [Float64Array, Float64Array, Float64Array]
  return { by: 'row', first, second, extras, width, wins, losses, ties }
}

/** Sums of weights by kind and ordered pair, `[3, players, players]`. */
function tabulate({ players, first, second, outcomes, weights }: Rows): Float64Array {
  const count = players.length
  const size = count * count
  const table = new Float64Array(3 * size)
  for (let row = 0; row < first.length; row++) {
    table[kindOf(outcomes[row]!) * size + first[row]! * count + second[row]!]! += weights[row]!
  }
  return table
}

/** Cells from a table of all pairs, those without weight left out: for players most of whom have met. */
function denseSums(rows: Rows, by: CellKey): Sums {
  const count = rows.players.length
  const size = count * count
  const table = tabulate(rows)
  const sums = emptySums(Math.min(size, rows.first.length))
  let cells = 0
  for (let i = 0; i < count; i++) {
    for (let j = by === 'pair' ? i + 1 : 0; j < count; j++) {
      const there = i * count + j
      // Where the order does not matter, what the second made of it is added; of an ordered pair, nothing.
      const back = by === 'pair' ? j * count + i : there
      const share = by === 'pair' ? 1 : 0
      const won = table[there]! + share * table[size + back]!
      const lost = table[size + there]! + share * table[back]!
      const tied = table[2 * size + there]! + share * table[2 * size + back]!
      if (won + lost + tied === 0) continue
      sums.first[cells] = i
      sums.second[cells] = j
      sums.wins[cells] = won
      sums.losses[cells] = lost
      sums.ties[cells] = tied
      cells += 1
    }
  }
  return {
    first: sums.first.slice(0, cells),
    second: sums.second.slice(0, cells),
    wins: sums.wins.slice(0, cells),
    losses: sums.losses.slice(0, cells),
    ties: sums.ties.slice(0, cells),
  }
}

/** Cells by a map from pairs to their places: for many players, few of whom have met. */
function sparseSums(rows: Rows, by: CellKey): Sums {
  const count = rows.players.length
  const places = new Map<number, number>()
  const cellOfRow = rows.first.map((i, row) => {
    const key = keyOf(i, rows.second[row]!, count, by)
    const place = places.get(key) ?? places.size
    if (place === places.size) places.set(key, place)
    return place
  })
  const sums = emptySums(places.size)
  for (const [key, cell] of places) {
    sums.first[cell] = Math.floor(key / count)
    sums.second[cell] = key % count
  }
  const byKind = [sums.wins, sums.losses, sums.ties]
  for (let row = 0; row < cellOfRow.length; row++) {
    byKind[kindInCell(rows, row, by)]![cellOfRow[row]!]! += rows.weights[row]!
  }
  return sums
}

function cellsByPair(rows: Rows, by: CellKey, width: number): Cells {
  const sums = isDense(rows) ? denseSums(rows, by) : sparseSums(rows, by)
  // What all rows of a pair in one order have in common is the order, whose column is of ones.
  return { ...sums, by, width, extras: new Float64Array(sums.first.length * width).fill(1) }
}

/**
 * The rows as cells. `columns` has a number for each row, a column after the other; where rows of one pair share a cell,
 * these can only be ones.
 */
export const cellsOf = (rows: Rows, by: CellKey, columns: readonly ArrayLike<number>[]): Cells =>
  by === 'row' ? cellsByRow(rows, columns) : cellsByPair(rows, by, columns.length)

/** Which cell each row went to, and what it counts as there. */
export interface RowPlaces {
  /** −1 for rows of weight 0 that are in no cell. */
  readonly cellOfRow: Int32Array
  readonly kindOfRow: Uint8Array
}

/** The cell of a row: itself, or that of its players, −1 where there is none. */
function cellFinder({ by, first, second }: Cells, rows: Rows): (row: number) => number {
  if (by === 'row') return (row) => row
  const players = rows.players.length
  const cellOf = new Map(Array.from(first, (i, cell) => [keyOf(i, second[cell]!, players, by), cell]))
  return (row) => cellOf.get(keyOf(rows.first[row]!, rows.second[row]!, players, by)) ?? -1
}

/** Where the rows that the cells were made of went. */
export function placesOfRows(cells: Cells, rows: Rows): RowPlaces {
  const cellOf = cellFinder(cells, rows)
  const cellOfRow = new Int32Array(rows.first.length)
  const kindOfRow = new Uint8Array(rows.first.length)
  for (let row = 0; row < cellOfRow.length; row++) {
    cellOfRow[row] = cellOf(row)
    kindOfRow[row] = kindInCell(rows, row, cells.by)
  }
  return { cellOfRow, kindOfRow }
}

/** Adds other weights of the rows up by cell and kind. */
export function countRows({ cellOfRow, kindOfRow }: RowPlaces, cells: number, weights: Float64Array): Counts {
  const [wins, losses, ties] = [new Float64Array(cells), new Float64Array(cells), new Float64Array(cells)]
  const byKind = [wins, losses, ties]
  for (let row = 0; row < cellOfRow.length; row++) {
    const cell = cellOfRow[row]!
    if (cell >= 0) byKind[kindOfRow[row]!]![cell]! += weights[row]!
  }
  return { wins, losses, ties }
}
