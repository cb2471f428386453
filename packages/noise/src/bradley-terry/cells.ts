import type { Rows } from './paired-comparisons'

/**
 * Comparisons added up: rows with the same players and the same covariates are one cell. Parameters see of the rows only
 * these sums, so that fitting costs as much as there are pairs, however many comparisons there are.
 */
export interface Cells extends Counts {
  readonly first: Int32Array
  readonly second: Int32Array
  /** Covariates of each cell besides its players, `[cells, width]`. */
  readonly extras: Float64Array
  readonly width: number
  /** Which cell a row went to. */
  readonly cellOfRow: Int32Array
  /** What the row counts as there: see `WIN`. */
  readonly kindOfRow: Uint8Array
}

/** Sums of weights in each cell. */
export interface Counts {
  /** Where the cell's first player won. */
  readonly wins: Float64Array
  /** Where the cell's second player won. */
  readonly losses: Float64Array
  readonly ties: Float64Array
}

/** Kinds of a row: what the cell's first player made of it. */
const WIN = 0
const LOSS = 1
const TIE = 2

/** Up to so many players, the number of a pair is looked up in a table of all pairs. */
const DENSE = 2000

/** Numbers different keys below `end` from 0, as they come. */
function numbering(end: number): (key: number) => number {
  let used = 0
  if (end <= DENSE * DENSE) {
    const table = new Int32Array(end)
    return (key) => {
      if (table[key] === 0) table[key] = ++used
      return table[key]! - 1
    }
  }
  const numbers = new Map<number, number>()
  return (key) => {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, used)
    return used++
  }
}

/** Empty sums for so many cells. */
const emptyCounts = (cells: number): Counts => ({
  wins: new Float64Array(cells),
  losses: new Float64Array(cells),
  ties: new Float64Array(cells),
})

/** Which cell each row belongs to: its own, or that of its pair, ordered or not. */
function assignCells(
  { players, first, second }: Rows,
  by: CellKey,
): { cellOfRow: Int32Array; cells: number } {
  const cellOfRow = new Int32Array(first.length)
  const numberOf = by === 'row' ? undefined : numbering(players.length ** 2)
  let cells = 0
  for (let row = 0; row < first.length; row++) {
    const i = first[row]!
    const j = second[row]!
    const key = by === 'pair' && i > j ? j * players.length + i : i * players.length + j
    const cell = numberOf === undefined ? row : numberOf(key)
    cellOfRow[row] = cell
    if (cell >= cells) cells = cell + 1
  }
  return { cellOfRow, cells }
}

/** What makes two rows one cell: the same pair, the same pair in the same order, or nothing. */
export type CellKey = 'pair' | 'ordered-pair' | 'row'

/** The rows as cells. `extras` has a number for each column and row, a column after the other. */
export function cellsOf(rows: Rows, by: CellKey, columns: readonly ArrayLike<number>[]): Cells {
  const { cellOfRow, cells } = assignCells(rows, by)
  const first = new Int32Array(cells)
  const second = new Int32Array(cells)
  const extras = new Float64Array(cells * columns.length)
  const kindOfRow = new Uint8Array(cellOfRow.length)
  for (let row = 0; row < cellOfRow.length; row++) {
    const cell = cellOfRow[row]!
    const swapped = by === 'pair' && rows.first[row]! > rows.second[row]!
    first[cell] = swapped ? rows.second[row]! : rows.first[row]!
    second[cell] = swapped ? rows.first[row]! : rows.second[row]!
    for (let k = 0; k < columns.length; k++) extras[cell * columns.length + k] = columns[k]![row]!
    const outcome = rows.outcomes[row]!
    kindOfRow[row] = outcome === 0.5 ? TIE : (outcome === 1) === swapped ? LOSS : WIN
  }
  const shape = { first, second, extras, width: columns.length, cellOfRow, kindOfRow }
  return { ...shape, ...countRows(shape, cells, rows.weights) }
}

/** Adds the weights of rows up by cell and kind. */
export function countRows(
  { cellOfRow, kindOfRow }: Pick<Cells, 'cellOfRow' | 'kindOfRow'>,
  cells: number,
  weights: Float64Array,
): Counts {
  const counts = emptyCounts(cells)
  const byKind = [counts.wins, counts.losses, counts.ties]
  for (let row = 0; row < cellOfRow.length; row++) {
    const sums = byKind[kindOfRow[row]!]!
    const cell = cellOfRow[row]!
    sums[cell] = sums[cell]! + weights[row]!
  }
  return counts
}
