import { checkOptionNames, type OptionNames } from '../check-option-names'
import type { DialectName } from '../dialects/dialect-table'
import type { ReadReport } from '../read-report'
import type { WritableDialect } from '../writers/writer-table'
import { type ReadOptions, readComparisons, readOptionNames } from './read-comparisons'
import { type WriteReport, writeComparisons } from './write-comparisons'

/** How a file is converted. `skipBad` and `maxErrors` hold for reading and for writing. */
export interface ConvertOptions extends Omit<ReadOptions, 'dialect'> {
  /** The dialect of the input; default: detected. */
  readonly from?: DialectName
  /** The dialect of the output. */
  readonly to: WritableDialect
  /** Compress the output; default: when its path ends in `.gz`. */
  readonly gzip?: boolean
}

const { dialect: _, ...inputNames } = readOptionNames
const optionNames: OptionNames<ConvertOptions> = { ...inputNames, from: true, to: true, gzip: true }

/**
 * Reads files of any dialect and writes one file of another, as a stream, in bounded memory; the output appears
 * whole or not at all, and may replace an input. Throws what `readComparisons` and `writeComparisons` throw.
 */
export async function convertComparisons(
  input: string | readonly string[],
  output: string,
  given: ConvertOptions,
): Promise<{ read: ReadReport; written: WriteReport }> {
  checkOptionNames(given, optionNames)
  const { from, to, gzip, ...options } = given
  const reader = readComparisons(input, { ...options, dialect: from })
  const { skipBad, maxErrors } = options
  const written = await writeComparisons(output, reader, { dialect: to, gzip, skipBad, maxErrors })
  return { read: reader.report, written }
}
