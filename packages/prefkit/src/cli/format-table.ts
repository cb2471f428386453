/** Rows of cells as lines with aligned columns; the first column is flush left, the others right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return rows.map((row) => row.map(pad).join('   ').trimEnd()).join('\n')
}

/** A share as percent with one decimal. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Both ends of an interval, as percent. */
export const percentRange = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${(100 * low).toFixed(1)} – ${(100 * high).toFixed(1)} %`

/** A count with its noun, in the plural where needed. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
