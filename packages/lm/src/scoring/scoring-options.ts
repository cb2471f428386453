import { checkOptions, excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { contextLength } from '../models/context-length'
import type { LanguageModel } from '../running/language-model'
import { requireListeners } from '../running/require-listeners'
import { requireTokenIds } from '../running/require-token-ids'

/** How much is computed at a time. */
export interface ScoringOptions {
  /** Tokens in one pass, padding included, at most: bounds memory, as each may have logits of the whole vocabulary. Default: 512. */
  passTokens?: number
  /** Ends it early: its reason is thrown. Default: none. */
  signal?: AbortSignal
  /** Told how many items are done, of how many. Default: nobody. */
  progress?: (done: number, total: number) => void
}

/** Options with what they leave out. */
export interface ScoringSettings {
  readonly passTokens: number
  readonly signal: AbortSignal | undefined
  readonly progress: (done: number, total: number) => void
}

/** @throws LmError `INVALID_OPTION`. */
export function scoringSettings(owner: string, options: ScoringOptions): ScoringSettings {
  checkOptions(owner, options, { passTokens: true, signal: true, progress: true })
  requireListeners(owner, options)
  const { passTokens = 512, signal, progress = () => {} } = options
  if (Number.isSafeInteger(passTokens) && passTokens >= 1) return { passTokens, signal, progress }
  const expected = 'a whole number of at least 1'
  throw new LmError(
    'INVALID_OPTION',
    `${owner}: passTokens: expected ${expected}, got ${excerpt(passTokens)}`,
  )
}

/** @throws LmError `EMPTY_INPUT` for a prompt without tokens; `UNKNOWN_TOKEN`, `INVALID_OPTION` for what is none. */
export function requirePrompt({ config }: LanguageModel, name: string, ids: ArrayLike<number>): void {
  requireTokenIds(name, ids, config.vocabSize)
  if (ids.length > 0) return
  const problem =
    'expected at least one token, after which there is a next; begin with the token that begins all'
  throw new LmError('EMPTY_INPUT', `${name}: ${problem}`)
}

/** @throws LmError `CONTEXT_TOO_LONG` for more tokens than the context has. */
export function requireRoom({ name, config }: LanguageModel, what: string, length: number): void {
  const context = contextLength(config)
  if (length <= context) return
  throw new LmError('CONTEXT_TOO_LONG', `${name}: ${what}: ${length} tokens, the context has ${context}`)
}

/**
 * Batches of items of about one length: as many as, padded to the longest, have no more than `tokens` tokens, and at least
 * one.
 * @returns indices of `lengths`.
 */
export function batchesByLength(lengths: readonly number[], tokens: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]!)
  const batches: number[][] = []
  for (const i of order) {
    const batch = batches.at(-1)
    // The first of a batch is its longest.
    if (batch && (batch.length + 1) * lengths[batch[0]!]! <= tokens) batch.push(i)
    else batches.push([i])
  }
  return batches
}

/** Values one after the other as pieces of these lengths. */
export function splitBy(values: Float32Array, lengths: readonly number[]): Float32Array[] {
  let end = 0
  return lengths.map((length) => {
    end += length
    return values.slice(end - length, end)
  })
}
