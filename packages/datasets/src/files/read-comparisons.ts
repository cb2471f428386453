import { checkOptionNames, type OptionNames } from '../check-option-names'
import type { Comparison } from '../comparison'
import { comparisonsFromRows, type ParseOptions, parseOptionNames } from '../comparisons-from-rows'
import { DatasetError } from '../dataset-error'
import { type LineOptions, lineOptionNames } from '../json-rows'
import { emptyReport, type ReadReport } from '../read-report'
import { fileRows } from './file-rows'
import { fileFormat } from './open-bytes'
import { readTexts } from './read-texts'

/** How files are read. */
export interface ReadOptions extends ParseOptions, LineOptions {
  /** JSONL file of `{id, text}` rows with the texts that `pairwise-by-id` rows name; default none. */
  readonly texts?: string
}

/** The names of `ReadOptions`. */
export const readOptionNames: OptionNames<ReadOptions> = {
  ...parseOptionNames,
  ...lineOptionNames,
  texts: true,
}

/** A stream of comparisons, and the report of its latest pass; each pass reads the files anew. */
export interface ComparisonReader extends AsyncIterable<Comparison> {
  /** What the latest pass has come to so far; final once it ends. */
  readonly report: ReadReport
}

/** A list of paths; throws DatasetError INVALID_OPTION for none. */
function pathList(paths: string | readonly string[]): readonly string[] {
  const list = typeof paths === 'string' ? [paths] : paths
  if (list.length === 0)
    throw new DatasetError('INVALID_OPTION', 'paths: expected at least one file, is an empty list')
  return list
}

/**
 * Reads preference data from one or more files, one after the other, as a stream: JSON Lines (plain or gzip) or
 * Parquet, told by the first bytes; the dialect of each file is detected and stated in the report. Memory is bounded
 * by the longest line or a slice of a row group, and the responses that wait for a pair.
 *
 * Nothing is read before the first comparison is asked for. Throws DatasetError with file, line or row, and field;
 * with `skipBad`, faults of single rows are counted and reported instead.
 */
export function readComparisons(
  paths: string | readonly string[],
  options: ReadOptions = {},
): ComparisonReader {
  const files = pathList(paths)
  checkOptionNames(options, readOptionNames)
  let report = emptyReport()
  async function* read(): AsyncGenerator<Comparison> {
    report = emptyReport()
    const texts = options.texts === undefined ? undefined : await readTexts(options.texts, options)
    for (const file of files) {
      const format = await fileFormat(file)
      yield* comparisonsFromRows(fileRows(file, format, options), { file, format, texts }, options, report)
    }
  }
  return {
    [Symbol.asyncIterator]: read,
    get report() {
      return structuredClone(report)
    },
  }
}

/** All comparisons of one or more files at once, with the report. Options, errors: as `readComparisons`. */
export async function loadComparisons(
  paths: string | readonly string[],
  options: ReadOptions = {},
): Promise<{ comparisons: Comparison[]; report: ReadReport }> {
  const reader = readComparisons(paths, options)
  const comparisons: Comparison[] = []
  for await (const comparison of reader) comparisons.push(comparison)
  return { comparisons, report: reader.report }
}
