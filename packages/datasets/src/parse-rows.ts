import { checkOptionNames, type OptionNames } from './check-option-names'
import type { Comparison } from './comparison'
import { comparisonsFromRows, type ParseOptions, parseOptionNames } from './comparisons-from-rows'
import type { ReferencedText } from './dialects/dialect'
import type { LocatedRow } from './located-row'
import { emptyReport, type ReadReport } from './read-report'

/** How rows in memory are parsed. */
export interface ParseRowsOptions extends ParseOptions {
  /** What errors and made-up ids call the rows; default `rows`. */
  readonly name?: string
  /** The texts that `pairwise-by-id` rows name, by id; default none. */
  readonly texts?: ReadonlyMap<string, ReferencedText>
}

const optionNames: OptionNames<ParseRowsOptions> = { ...parseOptionNames, name: true, texts: true }

async function* locate(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  file: string,
): AsyncGenerator<LocatedRow> {
  let row = 0
  for await (const value of rows) yield { place: { file, row: ++row }, value }
}

/**
 * Rows that are objects already, of any dialect, as comparisons with the report: the same as reading a file, without
 * one, so it runs in a browser. Throws DatasetError with the row, from 1, and the field, and INVALID_OPTION.
 */
export async function parseRows(
  rows: Iterable<unknown> | AsyncIterable<unknown>,
  given: ParseRowsOptions = {},
): Promise<{ comparisons: Comparison[]; report: ReadReport }> {
  checkOptionNames(given, optionNames)
  const { name = 'rows', texts, ...options } = given
  const report = emptyReport()
  const comparisons: Comparison[] = []
  const origin = { file: name, format: 'rows', texts }
  for await (const comparison of comparisonsFromRows(locate(rows, name), origin, options, report))
    comparisons.push(comparison)
  return { comparisons, report }
}
