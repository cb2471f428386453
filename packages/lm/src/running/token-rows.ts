import { checkOptions } from '../check-options'
import { LmError } from '../lm-error'
import { requireTokenIds } from './require-token-ids'

/** A batch of tokens on the host, row by row: what `TokenBatch` holds as tensors, [rows, length] each. */
export interface TokenRows {
  readonly rows: number
  readonly length: number
  readonly ids: Int32Array
  readonly positions: Int32Array
  readonly segments: Int32Array
}

/** Sequences of different lengths as one batch. */
export interface PadOptions {
  /** Where padding goes. Default: `right`. */
  side?: 'left' | 'right'
  /** Length of the rows. Default: that of the longest sequence. */
  length?: number
  /** The position of the first token of each sequence, as after a cache. Default: 0. */
  firstPosition?: number
}

/** The longest of some sequences; 0 of none. As arguments of a function they may be too many. */
const longestOf = (sequences: readonly ArrayLike<number>[]): number =>
  sequences.reduce((longest, { length }) => Math.max(longest, length), 0)

/** @throws LmError `UNKNOWN_TOKEN`, `INVALID_OPTION`. */
function requireFitting(owner: string, sequences: readonly ArrayLike<number>[], length: number): void {
  sequences.forEach((ids, i) => {
    requireTokenIds(`${owner}: sequences[${i}]`, ids)
    if (ids.length <= length) return
    const problem = `sequences[${i}]: expected at most ${length} tokens, the length of a row, got ${ids.length}`
    throw new LmError('INVALID_OPTION', `${owner}: ${problem}`)
  })
}

/**
 * Sequences as rows of one length, a segment each. Padding has id 0, position 0 and segment 0, which no token sees.
 * @param sequences token ids; none may be longer than `length`.
 * @throws LmError `UNKNOWN_TOKEN` for what is no token id, `INVALID_OPTION` for a sequence that is too long.
 */
export function padRows(sequences: readonly ArrayLike<number>[], options: PadOptions = {}): TokenRows {
  checkOptions('padRows', options, { side: true, length: true, firstPosition: true })
  const { length = longestOf(sequences), firstPosition = 0 } = options
  requireFitting('padRows', sequences, length)
  const rows = sequences.length
  const ids = new Int32Array(rows * length)
  const positions = new Int32Array(rows * length)
  const segments = new Int32Array(rows * length)
  sequences.forEach((sequence, row) => {
    const start = row * length + (options.side === 'left' ? length - sequence.length : 0)
    ids.set(sequence, start)
    for (let i = 0; i < sequence.length; i++) {
      positions[start + i] = firstPosition + i
      segments[start + i] = 1
    }
  })
  return { rows, length, ids, positions, segments }
}

/** Sequences one after the other in as few rows of `length` tokens as first fit makes of them, a segment each. */
export interface PackedRows extends TokenRows {
  /** Where each sequence begins, counted row by row (row · length + column), in the order they were given. */
  readonly starts: readonly number[]
}

/**
 * Packs sequences into rows of one length: first the longest, each into the first row with room for it.
 * @param sequences token ids; none may be longer than `length`.
 * @throws LmError as {@link padRows}.
 */
export function packRows(sequences: readonly ArrayLike<number>[], length: number): PackedRows {
  requireFitting('packRows', sequences, length)
  const order = sequences.map((_, i) => i).sort((a, b) => sequences[b]!.length - sequences[a]!.length)
  const filled: number[] = []
  const held: number[] = []
  const places = order.map((i) => {
    const size = sequences[i]!.length
    const found = filled.findIndex((used) => used + size <= length)
    const row = found < 0 ? filled.push(0) - 1 : found
    const start = row * length + filled[row]!
    filled[row]! += size
    held[row] = (held[row] ?? 0) + 1
    return { i, start, segment: held[row]! }
  })
  const rows = filled.length
  const ids = new Int32Array(rows * length)
  const positions = new Int32Array(rows * length)
  const segments = new Int32Array(rows * length)
  const starts: number[] = []
  for (const { i, start, segment } of places) {
    const sequence = sequences[i]!
    ids.set(sequence, start)
    starts[i] = start
    segments.fill(segment, start, start + sequence.length)
    for (let k = 0; k < sequence.length; k++) positions[start + k] = k
  }
  return { rows, length, ids, positions, segments, starts }
}
