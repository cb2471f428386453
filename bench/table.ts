import type { Spread } from './statistics.ts'

export const times = (value: number): string => `${value.toFixed(2)}×`

export const range = ({ least, most }: Spread): string => `${times(least)} to ${times(most)}`

/** Prints rows of cells, the header first, in columns as wide as their widest cell. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
}
