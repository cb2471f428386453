import type { Spread } from './statistics.ts'

/** Two digits after the point, or two that say something. */
export const times = (value: number): string => `${value < 0.1 ? value.toPrecision(2) : value.toFixed(2)}×`

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
