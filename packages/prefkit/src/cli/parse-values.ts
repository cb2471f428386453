import { InvalidArgumentError } from 'commander'

/** Reads a number of the command line; its range is checked where it is used. */
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
