import { z } from 'zod'
import type { Comparison } from '../comparison'
import type { Row, RowContext } from './dialect'
import { finiteNumber, optional, parseFields } from './fields'

const idFields = ['id', 'prompt_id', 'uid', 'pair'] as const
const sourceFields = ['source', 'subset', 'category', 'dataset', 'domain', 'topic'] as const
const annotatorFields = ['annotator', 'annotator_id', 'worker', 'judge'] as const

const marginSchema = z.object({ margin: optional(finiteNumber) })

/** A name is text that is not empty, or a number. */
function asName(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

/** The first of the fields that holds a name. */
function firstName(row: Row, fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const name = asName(row[field])
    if (name !== undefined) return name
  }
  return undefined
}

/** The row's own id; undefined when it has none. */
export const rowId = (row: Row): string | undefined => firstName(row, idFields)

/** The properties without those that are undefined, so that a comparison is the same after a trip through JSON. */
export function compact<T extends object>(properties: T): T {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as T
}

/**
 * What rows of any dialect may say beside their texts: id, source, annotator, margin. Throws DatasetError for a
 * margin that is no finite number.
 */
export function rowFacts(
  row: Row,
  { fallbackId }: RowContext,
): Pick<Comparison, 'id' | 'source' | 'annotator' | 'margin'> {
  const { margin } = 'margin' in row ? parseFields(marginSchema, row) : {}
  return compact({
    id: rowId(row) ?? fallbackId,
    source: firstName(row, sourceFields),
    annotator: firstName(row, annotatorFields),
    margin,
  })
}

/** Those of the named fields that hold text or numbers, as tags; undefined when none does. */
export function rowTags(row: Row, fields: readonly string[]): Readonly<Record<string, string>> | undefined {
  const found = fields.flatMap((field) => {
    const value = typeof row[field] === 'boolean' ? String(row[field]) : firstName(row, [field])
    return value === undefined ? [] : [[field, value] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}
