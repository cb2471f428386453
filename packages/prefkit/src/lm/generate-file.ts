import type { LoadedLanguageModel } from '@prefkit/lm'
import {
  contextLength,
  type GeneratedText,
  type GenerateTextOptions,
  generateText,
  LmError,
} from '@prefkit/lm'
import type { WorkOptions } from '../reward/progress'
import { encodePrompt, requireEncoding, type WritingOptions, writtenPrompt } from './encode-prompt'
import { placed } from './placed'
import type { PromptRow } from './prompt-rows'
import type { ResumableRows } from './resumable-rows'
import { tokenRate } from './token-rate'

/** How tokens are drawn: what is not there is what the model’s makers suggest. */
export type SamplingChoice = Pick<
  GenerateTextOptions,
  'maxNewTokens' | 'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'stop' | 'seed'
>

/** How prompts are answered. */
export interface GenerateRowsOptions extends WritingOptions {
  readonly sampling: SamplingChoice
  /** Answers to each prompt. */
  readonly samples: number
  /** Answers at a time. */
  readonly batchSize: number
}

/** How many prompts are answered at a time. */
export const rowsAtATime = ({ samples, batchSize }: GenerateRowsOptions): number =>
  Math.max(1, Math.floor(batchSize / samples))

const answerOf = ({ text, tokens, finishReason }: GeneratedText) => ({
  response: text,
  finish_reason: finishReason,
  completion_tokens: tokens.length,
})

/** A row with its answer, or with lists of its answers where there are several. */
function answeredRow({ row, prompt }: PromptRow, answers: readonly GeneratedText[]): object {
  const all = answers.map(answerOf)
  const fields =
    all.length === 1
      ? all[0]!
      : {
          responses: all.map(({ response }) => response),
          finish_reasons: all.map(({ finish_reason }) => finish_reason),
          completion_tokens: all.map(({ completion_tokens }) => completion_tokens),
        }
  return { ...row, prompt, ...fields }
}

/**
 * Refuses prompts that the model cannot go on after, before any is.
 * @throws LmError `CONTEXT_TOO_LONG`, `EMPTY_INPUT`, `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`, naming file and line.
 */
export function requirePrompts(
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  writing: WritingOptions,
): void {
  const encoding = requireEncoding(model)
  const context = contextLength(model.config)
  for (const { place, prompt } of rows) {
    const { length } = placed(place, () => encodePrompt(encoding, prompt, writing))
    if (length === 0) throw new LmError('EMPTY_INPUT', `${place}: the prompt has no tokens`)
    if (length >= context) {
      const problem = `the prompt has ${length} tokens, which leave no room in a context of ${context}`
      throw new LmError('CONTEXT_TOO_LONG', `${place}: ${problem}`)
    }
  }
}

/** What came of it. */
export interface GeneratedRows {
  readonly prompts: number
  readonly responses: number
  /** Tokens that were generated in this process. */
  readonly tokens: number
  readonly seconds: number
}

/**
 * Answers the prompts of rows, in their order. An answer depends on the seed and its prompt’s place alone, so that rows that
 * are gone on with are those that there would have been.
 * @throws LmError as `generateText`; the reason of `signal`.
 */
export async function generateRows(
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  options: GenerateRowsOptions,
  { done, append }: ResumableRows,
  { onProgress, signal }: WorkOptions = {},
): Promise<GeneratedRows> {
  const { sampling, samples, batchSize, ...writing } = options
  const together = rowsAtATime(options)
  const begun = performance.now()
  const rate = tokenRate()
  let tokens = 0
  const tell = (finished: number, more = 0): void =>
    onProgress?.({ phase: 'generate', done: finished, total: rows.length, note: rate.note(tokens + more) })
  tell(done)
  for (let start = done; start < rows.length; start += together) {
    signal?.throwIfAborted()
    const batch = rows.slice(start, start + together)
    const prompts = batch.map(({ prompt }) => writtenPrompt(prompt, writing))
    const answers = await generateText(model, prompts, {
      ...sampling,
      n: samples,
      batchSize,
      firstIndex: start,
      ...(signal && { signal }),
      progress: ({ tokens: more, finished }) => tell(start + Math.floor(finished / samples), more),
    })
    await append(batch.map((row, i) => answeredRow(row, answers.slice(i * samples, (i + 1) * samples))))
    tokens += answers.reduce((sum, { tokens: own }) => sum + own.length, 0)
  }
  tell(rows.length)
  const seconds = (performance.now() - begun) / 1000
  return { prompts: rows.length, responses: rows.length * samples, tokens, seconds }
}
