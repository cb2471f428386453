import { AdvantageError } from '../advantage-error'
import type { Flags, Matrix } from '../arrays'
import { checkNames, checkRange, formatValue } from '../check-options'
import { checkFinite, readFlags, readMatrix } from '../rows'

/** Token ids, `[B, T]`: an array for each response, of any lengths, or one array with its shape. */
export type TokenIds =
  | readonly ArrayLike<number>[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly [rows: number, columns: number] }

/** Options of {@link repetitionPenalties}. */
export interface RepetitionOptions {
  /** n ≥ 1: the number of consecutive tokens in an n-gram. Default: 3. */
  ngramSize?: number
  /** p ≤ 0: the penalty that a fully repetitive response approaches. Default: −1. */
  maxPenalty?: number
  /** m, `[B, T]`: 1 for the tokens of the response. Tokens with 0 are removed before n-grams are formed. Default: 1. */
  mask?: Flags
}

/** 1 − unique/all n-grams; 0 where there are none. */
function repeatedShare(tokens: Float64Array, size: number): number {
  const count = tokens.length - size + 1
  if (count < 1) return 0
  const unique = new Set<string>()
  for (let i = 0; i < count; i++) unique.add(tokens.subarray(i, i + size).join())
  return 1 - unique.size / count
}

/**
 * Penalties for repetition, to be added to the rewards: p·(1 − unique/all n-grams of tokens); 0 for a response of fewer
 * than n tokens.
 *
 * Source: 2502.03373, appendix C.2. Proven against TRL 1.16.0 (`_RepetitionPenalty`).
 *
 * @param tokens ids of the tokens, `[B, T]`.
 * @returns `[B]`, numbers from p to 0.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept id, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`.
 */
export function repetitionPenalties(tokens: TokenIds, options: RepetitionOptions = {}): number[] {
  checkNames('repetitionPenalties', options, { ngramSize: true, maxPenalty: true, mask: true })
  const { ngramSize = 3, maxPenalty = -1 } = options
  if (!(Number.isSafeInteger(ngramSize) && ngramSize >= 1)) {
    const message = `ngramSize is ${formatValue(ngramSize)}; expected a number of tokens, 1 or more`
    throw new AdvantageError('INVALID_OPTION', 'ngramSize', message)
  }
  checkRange('maxPenalty', maxPenalty, { high: 0 })
  // Arrays of integers are not among the types of a Matrix, but they are read in the same way.
  const rows = readMatrix('tokens', tokens as Matrix)
  const mask = readFlags('mask', options.mask, rows, 1)
  checkFinite('tokens', rows.data, { where: mask, starts: rows.starts })
  return Array.from({ length: rows.starts.length - 1 }, (_, row) => {
    const [start, end] = [rows.starts[row]!, rows.starts[row + 1]!]
    const kept = rows.data.subarray(start, end).filter((_token, i) => mask[start + i] === 1)
    // Without repetition p·0 would be −0.
    return repeatedShare(kept, ngramSize) * maxPenalty || 0
  })
}
