import { formatValue } from '../../check-input'
import { EvalsError } from '../../evals-error'
import type { BenchmarkMessage, BenchmarkPrompt } from './benchmark'
import { checkRows } from './check-rows'

/** Reads fields of one row, and refuses what is missing or of another kind, naming row and field. */
export interface RowReader {
  /** Whether the row has the field, null counting as none. */
  readonly has: (field: string) => boolean
  /** A string. */
  readonly text: (field: string) => string
  /** A string or whole number, as a string. */
  readonly id: (field: string) => string
  /** A finite number. */
  readonly number: (field: string) => number
  /** Strings, `count` of them where given, else one or more. */
  readonly texts: (field: string, count?: number) => string[]
  /** One of some values. */
  readonly oneOf: <T extends string | number>(field: string, values: readonly T[]) => T
  /** The text of a prompt, or the messages of a conversation. */
  readonly prompt: (field: string) => BenchmarkPrompt
  /** Throws `INVALID_ROW` for a field. */
  readonly refuse: (field: string, problem: string) => never
}

const ROLES = ['system', 'user', 'assistant'] as const

const isMessage = (value: unknown): value is BenchmarkMessage => {
  if (typeof value !== 'object' || value === null) return false
  const { role, content } = value as Record<string, unknown>
  return ROLES.some((known) => known === role) && typeof content === 'string'
}

const describe = (value: unknown) =>
  value === undefined || value === null ? 'missing' : Array.isArray(value) ? 'a list' : formatValue(value)

/** Throws `INVALID_ROW`; rows are counted from 1 in messages, as lines of a file are. */
export function refuseRow(index: number, field: string, problem: string): never {
  throw new EvalsError('INVALID_ROW', `rows[${index}].${field}`, `row ${index + 1}: ${field} ${problem}`)
}

/** A reader of the row at `index`. */
function rowReader(value: unknown, index: number): RowReader {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `row ${index + 1} is ${describe(value)}; expected an object`
    throw new EvalsError('INVALID_ROW', `rows[${index}]`, message)
  }
  const row = value as Record<string, unknown>
  const refuse = (field: string, problem: string) => refuseRow(index, field, problem)
  const expected = (field: string, what: string) =>
    refuse(field, `is ${describe(Object.hasOwn(row, field) ? row[field] : undefined)}; expected ${what}`)
  const read =
    <T>(accepts: (found: unknown) => found is T, what: string) =>
    (field: string): T => {
      const found = Object.hasOwn(row, field) ? row[field] : undefined
      return accepts(found) ? found : expected(field, what)
    }
  const isText = (found: unknown) => typeof found === 'string'
  return {
    has: (field) => Object.hasOwn(row, field) && row[field] !== null && row[field] !== undefined,
    text: read(isText, 'a string'),
    id: (field) =>
      String(
        read(
          (found): found is string | number => isText(found) || Number.isSafeInteger(found),
          'a string or a whole number',
        )(field),
      ),
    number: read((found): found is number => Number.isFinite(found), 'a finite number'),
    texts: (field, count) => {
      const what = count === undefined ? 'one or more strings' : `${count} strings`
      const fits = (found: unknown): found is string[] =>
        Array.isArray(found) && found.every(isText) && (count ?? (found.length || 1)) === found.length
      return read(fits, `a list of ${what}`)(field)
    },
    oneOf: <T extends string | number>(field: string, values: readonly T[]) =>
      read(
        (found): found is T => values.some((known) => known === found),
        `one of ${values.join(', ')}`,
      )(field),
    prompt: (field) => {
      const fits = (found: unknown): found is BenchmarkPrompt =>
        isText(found) || (Array.isArray(found) && found.length > 0 && found.every(isMessage))
      return read(fits, 'a string, or messages with a role and a content')(field)
    },
    refuse,
  }
}

/** All rows by one reader; throws `EMPTY` without any. */
export function readRows<Row>(
  values: readonly unknown[],
  read: (reader: RowReader, index: number) => Row,
): Row[] {
  checkRows(values)
  return Array.from(values, (value, index) => read(rowReader(value, index), index))
}
