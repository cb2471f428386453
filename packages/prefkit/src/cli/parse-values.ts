import { InvalidArgumentError } from 'commander'

/** Reads a number of the command line; unless it says otherwise here, its range is checked where it is used. */
export function parseNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number')
  return value
}

/** Reads widths such as `64,32`; `none` or nothing is a linear model. */
export const parseWidths = (text: string): number[] =>
  text === 'none' || text === '' ? [] : text.split(',').map(parseNumber)

/** Reads names separated by commas. */
export const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim())

/** Reads the share kept for a test: what is left is learned from. */
export function parseTestFraction(text: string): number {
  const value = parseNumber(text)
  if (value >= 0 && value < 1) return value
  throw new InvalidArgumentError('expected a number of at least 0 and less than 1')
}

/** Reads the name of a file for JSON Lines; `@prefkit/datasets` refuses the same names, but later. */
export function parseOut(path: string): string {
  if (!/\.parquet(\.gz)?$/i.test(path)) return path
  throw new InvalidArgumentError(
    'JSON Lines are written: expected a name such as rows.jsonl or rows.jsonl.gz',
  )
}
