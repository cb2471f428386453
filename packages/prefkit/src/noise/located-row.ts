import type { DataPlace } from '@prefkit/datasets'

/** A row of a table as it was read, and where it stands. */
export interface LocatedRow {
  readonly place: DataPlace
  readonly value: Readonly<Record<string, unknown>>
  /** True where every value is text, as in CSV: numbers are then read from it. */
  readonly isText: boolean
}
