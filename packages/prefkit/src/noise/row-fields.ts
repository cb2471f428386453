import { DatasetError } from '@prefkit/datasets'
import { PrefkitError } from '../prefkit-error'
import type { LocatedRow } from '../tables/located-row'

/** Which columns of a table hold what: names in the file by names that are meant. */
export type ColumnNames = Readonly<Record<string, string>>

/** What may be in a table, with the names that columns of it usually have, the likeliest first. */
export type KnownColumns = Readonly<Record<string, readonly string[]>>

/**
 * Names of columns by what they hold, checked.
 * @throws PrefkitError `INVALID_CONFIG` for what no table has.
 */
export function checkColumns(columns: ColumnNames, known: KnownColumns): ColumnNames {
  const unknown = Object.keys(columns).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return columns
  const expected = Object.keys(known).join(', ')
  throw new PrefkitError('INVALID_CONFIG', `--columns: expected some of ${expected}, got ${unknown}`)
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return typeof value === 'number' ? String(value) : text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** A row whose fields are asked for by what they hold. */
export interface RowFields {
  /** The name that the column has in this row, or `undefined` where there is none or it is empty. */
  readonly columnOf: (name: string) => string | undefined
  readonly value: (name: string) => unknown
  /** Text or a number. */
  readonly name: (name: string) => string | number
  readonly number: (name: string) => number
  readonly fault: (name: string, expected: string) => DatasetError
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** The number that a value is, or text of CSV says; NaN for anything else. */
function numberOf(value: unknown, isText: boolean): number {
  if (typeof value === 'number') return value
  return isText && typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

/** Reads the fields of a row, with errors that name file, line and column. */
export function rowFields(
  { place, value, isText }: LocatedRow,
  known: KnownColumns,
  columns: ColumnNames,
): RowFields {
  const candidates = (name: string) => (columns[name] === undefined ? known[name]! : [columns[name]])
  const columnOf = (name: string) => candidates(name).find((column) => !isEmpty(value[column]))
  const valueOf = (name: string) => value[columnOf(name) ?? '']
  const fault = (name: string, expected: string): DatasetError => {
    const present = columnOf(name) ?? candidates(name).find((column) => Object.hasOwn(value, column))
    const field = present ?? candidates(name)[0]!
    if (present !== undefined)
      return new DatasetError('FIELD_VALUE', `expected ${expected}, is ${shown(value[present])}`, {
        ...place,
        field,
      })
    const others = candidates(name).slice(1)
    const also = others.length > 0 ? `, as ${others.length > 1 ? 'are' : 'is'} ${others.join(', ')}` : ''
    const has = Object.keys(value).join(', ') || 'nothing'
    const message = `is missing${also}: expected ${expected}; the row has ${has}`
    return new DatasetError('FIELD_MISSING', message, { ...place, field })
  }
  return {
    columnOf,
    value: valueOf,
    fault,
    name: (name) => {
      const found = valueOf(name)
      if (typeof found === 'string' || Number.isFinite(found)) return found as string | number
      throw fault(name, 'text or a number')
    },
    number: (name) => {
      const found = numberOf(valueOf(name), isText)
      if (Number.isFinite(found)) return found
      throw fault(name, 'a finite number')
    },
  }
}
