import { checkOptions } from '../check-options'
import { asItIs } from '../running/language-model'
import type { MaybeLoaded } from '../running/loaded-language-model'
import { continuePrompts, type GeneratedEvent, requirePrompts } from './continue-prompts'
import {
  type GenerateOptions,
  type GenerateSettings,
  resolveSettings,
  type StreamOptions,
  streamOptionNames,
} from './generate-options'
import { readerOf } from './reader'
import type { FinishReason, GeneratedToken } from './sequence'

/** A continuation of a prompt. */
export interface GeneratedSequence {
  /** Which prompt it continues. */
  readonly prompt: number
  /** Which of the prompt's `n` continuations it is. */
  readonly sample: number
  /** Tokens of the prompt. */
  readonly promptLength: number
  /** Its tokens, with the stop token or the token that completed a stop string. */
  readonly tokens: Int32Array
  /** Its text, up to a stop string and without special tokens; there when the model has a tokeniser. */
  readonly text?: string
  /** ln p of each token under the model itself: no temperature, no filter, no penalty. */
  readonly logProbs: Float32Array
  /**
   * ln p of each token under what it was drawn from, after penalty, temperature and filters: the behaviour policy of an
   * importance ratio. Equal to `logProbs` at temperature 1 without filters; 0 at temperature 0.
   */
  readonly samplingLogProbs: Float32Array
  /** `stop` by a stop token or string, `length` by `maxNewTokens` or the end of the context. */
  readonly finishReason: FinishReason
}

function sequenceOf(
  name: Pick<GeneratedSequence, 'prompt' | 'sample' | 'promptLength'>,
  tokens: readonly GeneratedToken[],
  withText: boolean,
): GeneratedSequence {
  return {
    ...name,
    tokens: Int32Array.from(tokens, ({ id }) => id),
    ...(withText ? { text: tokens.map(({ text }) => text).join('') } : {}),
    logProbs: Float32Array.from(tokens, ({ logProb }) => logProb),
    samplingLogProbs: Float32Array.from(tokens, ({ samplingLogProb }) => samplingLogProb),
    // The last token of a continuation always says why it is.
    finishReason: tokens.at(-1)!.finishReason!,
  }
}

/**
 * Runs to the end: the continuations of each prompt, those of the first prompt first.
 * @param open what says which tokens may come next. Default: the model as it is when this begins.
 * @throws LmError as {@link generate}, but for options.
 */
export async function continueToEnd(
  model: MaybeLoaded,
  prompts: readonly ArrayLike<number>[],
  settings: GenerateSettings,
  open = readerOf(asItIs(model)),
): Promise<GeneratedSequence[]> {
  requirePrompts(model, prompts)
  const { n, firstIndex, progress } = settings
  const total = prompts.length * n
  const tokens: GeneratedToken[][] = Array.from({ length: total }, () => [])
  let [count, finished] = [0, 0]
  const keep = ({ prompt, sample, token }: GeneratedEvent) => {
    tokens[(prompt - firstIndex) * n + sample]!.push(token)
    count++
    if (token.finishReason) finished++
  }
  for await (const events of continuePrompts(model, prompts, settings, open)) {
    events.forEach(keep)
    progress({ tokens: count, finished, total })
  }
  return tokens.map((list, i) => {
    const prompt = Math.floor(i / n)
    const name = { prompt: firstIndex + prompt, sample: i % n, promptLength: prompts[prompt]!.length }
    return sequenceOf(name, list, model.tokenizer !== undefined)
  })
}

/**
 * Continues prompts by sampling, or greedily at temperature 0. Prompts of different lengths run together; each
 * continuation has random numbers of its own, from the seed, the prompt's number and its own, so it is the same whatever it
 * is computed together with; but with dynamic scaling of RoPE, where beyond `max_position_embeddings` the longest sequence that
 * is computed together turns all, and `passTokens` counts too. Nothing is filtered unless an option says so: what is sampled is
 * the model's distribution.
 * @param prompts token ids.
 * @returns `n` continuations of each prompt, those of the first prompt first.
 * @throws LmError `EMPTY_INPUT` for no prompts or one without tokens, `CONTEXT_TOO_LONG` for a prompt that leaves no room for
 *   a token, `UNKNOWN_TOKEN`, `INVALID_OPTION`, `INVALID_TOKENIZER` for stop strings without a tokeniser, `NOT_FINITE`; the
 *   reason of `signal`.
 */
export async function generate(
  model: MaybeLoaded,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): Promise<GeneratedSequence[]> {
  return continueToEnd(model, prompts, resolveSettings('generate', model, options))
}

/**
 * One continuation, token by token.
 * @throws LmError as {@link generate}, but for options.
 */
export async function* continueOne(
  model: MaybeLoaded,
  prompt: ArrayLike<number>,
  settings: GenerateSettings,
): AsyncGenerator<GeneratedToken, void, undefined> {
  requirePrompts(model, [prompt])
  const open = readerOf(asItIs(model))
  for await (const events of continuePrompts(model, [prompt], settings, open)) {
    for (const { token } of events) yield token
  }
}

/**
 * One continuation, token by token as they come; the texts of all, joined, are what {@link generate} gives. Text that may
 * be the beginning of a stop string is held back until that is clear.
 * @param prompt token ids.
 * @throws as {@link generate}.
 */
export async function* streamTokens(
  model: MaybeLoaded,
  prompt: ArrayLike<number>,
  options: StreamOptions = {},
): AsyncGenerator<GeneratedToken, void, undefined> {
  checkOptions('streamTokens', options, streamOptionNames)
  yield* continueOne(model, prompt, resolveSettings('streamTokens', model, options))
}
