import type { Comparison } from '../comparison'
import type { Row } from '../dialects/dialect'
import { compact } from '../dialects/row-facts'
import { hasMadeId } from '../made-ids'

/** How comparisons are written as rows of one dialect. */
export interface DialectWriter {
  /** The row of a comparison. Throws DatasetError FIELD_VALUE, with the field, for what the dialect cannot say. */
  readonly row: (comparison: Comparison) => Row
  /** The properties of a comparison that the rows keep. */
  readonly keeps: readonly (keyof Comparison)[]
}

/** What rows carry beside their texts, where the dialect leaves room for it. */
export const factProperties = ['id', 'source', 'annotator', 'margin'] as const

/** The facts of a comparison as fields; an id that was made from a place is none. */
export function factFields(comparison: Comparison): Row {
  const { id, source, annotator, margin } = comparison
  return compact({ id: hasMadeId(comparison) ? undefined : id, source, annotator, margin })
}
