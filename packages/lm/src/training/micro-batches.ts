import { excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** How a batch is cut into parts that fit into memory. */
export interface MicroBatchOptions {
  /**
   * Tokens that are computed at once, padding included: at most this many; a batch larger than it is computed in parts whose
   * gradients are added up. Rows of T > 1,024 tokens count for T / 1,024 of themselves each, as attention keeps T² numbers a head of
   * each layer for the gradient; one row, or group, that has no more tokens than this is always computed at once, whatever T² is.
   * Default: 512: memory grows with it, and on a processor larger parts are no faster.
   */
  microBatchTokens?: number
  /** Rows that must be computed together, as a loss compares them: each so many in a row. Default: 1. */
  groupSize?: number
}

/** Tokens that are computed at once, where nothing else is said and no row is longer. */
export const defaultMicroBatchTokens = 512

/** @throws LmError `INVALID_OPTION`. */
export function resolveMicroBatches(options: MicroBatchOptions): Required<MicroBatchOptions> {
  const { microBatchTokens = defaultMicroBatchTokens, groupSize = 1 } = options
  for (const [name, value] of Object.entries({ microBatchTokens, groupSize })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new LmError('INVALID_OPTION', `${name}: expected a whole number ≥ 1, got ${excerpt(value)}`)
  }
  return { microBatchTokens, groupSize }
}

/** The length from which attention's T² takes about as much memory as all the rest, in models of ordinary widths. */
const quadraticLength = 1024

/** Rows padded to a length, in tokens of short rows. */
const costOf = (rows: number, length: number): number => rows * length * Math.max(1, length / quadraticLength)

/**
 * Cuts a batch into parts of at most `microBatchTokens` tokens once padded. Groups alike in length go together, the longest
 * first, so that little is padding and what does not fit in memory fails at once.
 * @param lengths of the batch's rows, in tokens.
 * @returns for each part, its rows by their places in the batch; those of a group one after the other.
 * @throws LmError `INVALID_OPTION` when the rows are no whole groups, or one group does not fit.
 */
export function planMicroBatches(lengths: readonly number[], options: MicroBatchOptions): number[][] {
  const { microBatchTokens, groupSize } = resolveMicroBatches(options)
  if (lengths.length % groupSize !== 0) {
    const problem = `${lengths.length} rows are no whole number of groups of ${groupSize}`
    throw new LmError('INVALID_OPTION', `groupSize: ${problem}`)
  }
  const groups = Array.from({ length: lengths.length / groupSize }, (_, group) => {
    const rows = Array.from({ length: groupSize }, (_, i) => group * groupSize + i)
    return { rows, longest: rows.reduce((most, row) => Math.max(most, lengths[row]!), 0) }
  })
  groups.sort((a, b) => b.longest - a.longest)
  const largest = (groups[0]?.longest ?? 0) * groupSize
  if (largest > microBatchTokens) {
    const what = groupSize === 1 ? 'the longest row' : `the longest group of ${groupSize} rows`
    const problem = `expected ≥ ${largest}, as ${what} has ${largest} tokens, got ${microBatchTokens}`
    throw new LmError('INVALID_OPTION', `microBatchTokens: ${problem}`)
  }
  const parts: number[][] = []
  let width = 0
  for (const { rows, longest } of groups) {
    const current = parts.at(-1)
    if (current && costOf(current.length + groupSize, width) <= microBatchTokens) {
      current.push(...rows)
      continue
    }
    parts.push([...rows])
    width = longest
  }
  return parts
}
