import { completionLogProbs, contextLength, LmError, type LoadedLanguageModel } from '@prefkit/lm'
import type { WorkOptions } from '../reward/progress'
import type { CompletionRow } from './completion-rows'
import {
  type EncodedCompletion,
  encodeCompletion,
  requireEncoding,
  type WritingOptions,
} from './encode-prompt'
import { placed } from './placed'
import type { ResumableRows } from './resumable-rows'
import { tokenRate } from './token-rate'

/** What a model says of the completion of a row. */
export interface CompletionScore {
  /** The tokens of the completion, as text. */
  readonly tokens: readonly string[]
  /** ln p of each. */
  readonly logprobs: readonly number[]
  /** Their sum: ln p of the completion. */
  readonly logprob: number
  /** exp(−mean of `logprobs`). */
  readonly perplexity: number
}

/** A row to score, in tokens. */
export interface EncodedRow extends EncodedCompletion {
  readonly row: CompletionRow['row']
}

/**
 * The rows of files in tokens, checked before the first is scored.
 * @throws LmError `CONTEXT_TOO_LONG`, `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`; PrefkitError `BAD_ROW`; naming file and line.
 */
export function encodeRows(
  model: LoadedLanguageModel,
  rows: readonly CompletionRow[],
  writing: WritingOptions,
): EncodedRow[] {
  const encoding = requireEncoding(model)
  const context = contextLength(model.config)
  return rows.map((row) => {
    const encoded = placed(row.place, () => encodeCompletion(encoding, row, writing))
    const length = encoded.prompt.length + encoded.completion.length
    if (length <= context) return { row: row.row, ...encoded }
    const problem = `prompt and completion have ${length} tokens, the context has ${context}`
    throw new LmError('CONTEXT_TOO_LONG', `${row.place}: ${problem}`)
  })
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** What log-probabilities of a completion come to. */
function scoreOf(
  { tokenizer }: LoadedLanguageModel,
  completion: readonly number[],
  found: Float32Array,
): CompletionScore {
  const logprobs = Array.from(found)
  const logprob = sumOf(logprobs)
  return {
    // As they are in the vocabulary: a part of a character is no text by itself.
    tokens: completion.map((id) => tokenizer?.idToToken(id) ?? `${id}`),
    logprobs,
    logprob,
    perplexity: Math.exp(-logprob / logprobs.length),
  }
}

/**
 * Scores rows in their order.
 * @param batchSize rows that are appended together.
 * @throws LmError as `completionLogProbs`; the reason of `signal`.
 */
export async function scoreRows(
  model: LoadedLanguageModel,
  rows: readonly EncodedRow[],
  batchSize: number,
  { done, append }: ResumableRows,
  { onProgress, signal }: WorkOptions = {},
): Promise<void> {
  const rate = tokenRate()
  let tokens = 0
  const tell = (finished: number): void =>
    onProgress?.({ phase: 'logprobs', done: finished, total: rows.length, note: rate.note(tokens) })
  tell(done)
  for (let start = done; start < rows.length; start += batchSize) {
    const batch = rows.slice(start, start + batchSize)
    const found = await completionLogProbs(model, batch, { ...(signal && { signal }) })
    await append(
      batch.map(({ row, completion }, i) => ({ ...row, ...scoreOf(model, completion, found[i]!) })),
    )
    tokens += batch.reduce((sum, { prompt, completion }) => sum + prompt.length + completion.length, 0)
    tell(start + batch.length)
  }
}

/** What the scores of all rows come to. */
export interface ScoreSummary {
  readonly rows: number
  /** Tokens of completions. */
  readonly tokens: number
  /** Mean of ln p of all tokens. */
  readonly mean_logprob: number
  /** exp(−`mean_logprob`). */
  readonly perplexity: number
}

/** Adds scores up, row by row. */
export function scoreTally() {
  let [rows, tokens, sum] = [0, 0, 0]
  return {
    add: ({ logprobs, logprob }: Pick<CompletionScore, 'logprobs' | 'logprob'>): void => {
      rows++
      tokens += logprobs.length
      sum += logprob
    },
    summarise: (): ScoreSummary => ({
      rows,
      tokens,
      mean_logprob: sum / tokens,
      perplexity: Math.exp(-sum / tokens),
    }),
  }
}
