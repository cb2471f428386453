import type { DataPlace } from '@prefkit/datasets'

/** A row of a table as it was read, and where it stands. */
export interface LocatedRow {
  readonly place: DataPlace
  readonly value: Readonly<Record<string, unknown>>
  /** True where every value is text, as in CSV: numbers are then read from it. */
  readonly isText: boolean
}

/** A name for a row that has none: its line, with its file before it where there are several. */
export const placeName = ({ place: { file, line, row } }: LocatedRow, hasFiles: boolean): string =>
  hasFiles ? `${file}:${line ?? row}` : `${line ?? row}`
