import { formatValue } from './check-options'
import { NoiseError } from './noise-error'

/** What names a player, an item, an annotator, a prompt or a label. The string "1" and the number 1 are two names. */
export type Name = string | number

/** Names in one column or two of equal length, each name numbered from 0. */
export interface NumberedNames<Column extends string> {
  /** Each name once, in the order of first appearance: row after row, and within a row column after column. */
  readonly names: readonly Name[]
  /** The number of each entry. */
  readonly numbers: Readonly<Record<Column, Int32Array>>
}

function refuseName(parameter: string, value: unknown): never {
  const message = `${parameter} is ${formatValue(value)}; expected a string or a finite number`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/** Numbers of names met so far, in the order they came. */
interface Register {
  readonly names: Name[]
  /** Numbers of small integers, plus 1: a look-up costs less there than in a map. */
  readonly table: Int32Array
  /** Numbers of all other names. */
  readonly map: Map<Name, number>
}

function numberInMap({ names, map }: Register, column: string, row: number, name: Name): number {
  const known = map.get(name)
  if (known !== undefined) return known
  if (typeof name !== 'string' && !Number.isFinite(name)) refuseName(`${column}[${row}]`, name)
  map.set(name, names.length)
  return names.push(name) - 1
}

function numberOf(register: Register, column: string, row: number, name: Name): number {
  const { names, table } = register
  if (typeof name !== 'number' || !(name >= 0 && name < table.length && Math.floor(name) === name)) {
    return numberInMap(register, column, row, name)
  }
  const known = table[name]!
  if (known > 0) return known - 1
  // Adding 0 makes −0 a plain one.
  table[name] = names.push(name + 0)
  return names.length - 1
}

/** A column: what it is called, its entries, and where their numbers go. */
type Numbering = readonly [name: string, values: ArrayLike<Name>, into: Int32Array]

/** Numbers one column, or the entries of two in turn: a loop over columns within that over rows takes twice as long. */
function numberInto(register: Register, [name, values, into]: Numbering, other: Numbering | undefined): void {
  if (other === undefined) {
    for (let row = 0; row < into.length; row++) into[row] = numberOf(register, name, row, values[row]!)
    return
  }
  const [otherName, otherValues, otherInto] = other
  for (let row = 0; row < into.length; row++) {
    into[row] = numberOf(register, name, row, values[row]!)
    otherInto[row] = numberOf(register, otherName, row, otherValues[row]!)
  }
}

/**
 * Numbers different names from 0.
 *
 * @param columns one or two, of equal length.
 *
 * @throws NoiseError `OUT_OF_RANGE`, naming the entry, for what is neither a string nor a finite number.
 */
export function numberNames<Column extends string>(
  columns: Readonly<Record<Column, ArrayLike<Name>>>,
): NumberedNames<Column> {
  const given = Object.entries<ArrayLike<Name>>(columns).map(
    ([name, values]): Numbering => [name, values, new Int32Array(values.length)],
  )
  const [one, other] = given
  const register: Register = {
    names: [],
    table: new Int32Array(1024 + 2 * one![2].length),
    map: new Map(),
  }
  numberInto(register, one!, other)
  const byColumn = given.map(([name, , into]) => [name, into] as const)
  return { names: register.names, numbers: Object.fromEntries(byColumn) as Record<Column, Int32Array> }
}
