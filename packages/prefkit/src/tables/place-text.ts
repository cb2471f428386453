import type { DataPlace } from '@prefkit/datasets'

/** Where something stands, for messages: `file:3` of a line, `file row 3` where there are none, as in Parquet. */
export const placeText = ({ file, line, row }: DataPlace): string =>
  line === undefined ? (row === undefined ? `${file}` : `${file} row ${row}`) : `${file}:${line}`
