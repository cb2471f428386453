import { type DataPlace, DatasetError } from './dataset-error'
import type { Dialect, Row } from './dialects/dialect'
import { type DialectName, dialectNames, dialectTable } from './dialects/dialect-table'

/** A dialect and why the data is taken to be of it. */
export interface DetectedDialect {
  readonly dialect: DialectName
  /** A phrase after "because". */
  readonly why: string
}

/** The dialect of one row: the first in the table that detects it; undefined when none does. */
export function rowDialect(row: Row): DetectedDialect | undefined {
  for (const dialect of dialectNames) {
    const why = dialectTable[dialect].detect(row)
    if (why !== undefined) return { dialect, why }
  }
  return undefined
}

const missingFields = (dialect: Dialect, row: Row): readonly string[] =>
  dialect.fields.filter((field) => !(field in row))

/** What keeps a row from being of a dialect: fields it lacks, or the first field that does not fit. */
function shortfall(dialect: Dialect, row: Row): string {
  const missing = missingFields(dialect, row)
  if (missing.length > 0) return `which also needs ${missing.map((field) => `"${field}"`).join(', ')}`
  try {
    dialect.parse(row, { fallbackId: '' })
    return 'whose fields are there, but not in its form'
  } catch (error) {
    return DatasetError.isInstance(error) ? `but ${error.message}` : 'but its fields do not fit'
  }
}

/** The dialect that shares most fields with a row, then the one that lacks fewest; undefined when none shares any. */
function nearestDialect(row: Row): Dialect | undefined {
  // TRL's first: of equals it is the one most people mean.
  const ranked = (['trl', ...dialectNames] as const).map((name) => {
    const dialect = dialectTable[name]
    const missing = missingFields(dialect, row).length
    return { dialect, missing, shared: dialect.fields.length - missing }
  })
  const share = ({ shared, missing }: { shared: number; missing: number }) => shared / (shared + missing)
  const best = ranked.reduce((a, b) => (share(b) > share(a) ? b : a))
  return best.shared === 0 ? undefined : best.dialect
}

function unknownDialect(row: Row, place: DataPlace): DatasetError {
  const fields = Object.keys(row)
  const seen = fields.length === 0 ? 'the row has no fields' : `the fields are ${fields.join(', ')}`
  const nearest = nearestDialect(row)
  const hint =
    nearest === undefined
      ? `Dialects: ${dialectNames.join(', ')}`
      : `The nearest is "${nearest.name}" (${nearest.title}), ${shortfall(nearest, row)}`
  return new DatasetError(
    'DIALECT_UNKNOWN',
    `this is no preference data that is known: ${seen}. ${hint}`,
    place,
  )
}

/**
 * The dialect of the first rows of a file. Rows of no dialect are left for the parser to report, as long as another
 * row has one. Throws DatasetError DIALECT_UNKNOWN, with the fields seen and the nearest dialect, when no row has
 * one, and DIALECT_MIXED when two rows differ.
 */
export function detectDialect(rows: readonly { place: DataPlace; value: Row }[]): DetectedDialect {
  const found = rows.flatMap(({ place, value }) => {
    const detected = rowDialect(value)
    return detected === undefined ? [] : [{ ...detected, place }]
  })
  const [first] = found
  if (first === undefined) {
    const [sample] = rows
    throw unknownDialect(sample?.value ?? {}, sample?.place ?? {})
  }
  const other = found.find(({ dialect }) => dialect !== first.dialect)
  if (other === undefined) return { dialect: first.dialect, why: first.why }
  const at = ({ line, row }: DataPlace) => (line === undefined ? `row ${row}` : `line ${line}`)
  const detail =
    `the rows are of different dialects: ${at(first.place)} is "${first.dialect}" (${first.why}), ` +
    `${at(other.place)} is "${other.dialect}" (${other.why}). Name the dialect of the input to read every row as that one`
  throw new DatasetError('DIALECT_MIXED', detail, { file: first.place.file })
}
