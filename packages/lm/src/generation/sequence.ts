import { LmError } from '../lm-error'
import { contextLength } from '../models/context-length'
import type { MaybeLoaded } from '../running/loaded-language-model'
import type { TextStream, Tokenizer } from '../tokenizer/tokenizer'
import { drawAt, drawBest } from './draw'
import type { GenerateSettings } from './generate-options'
import { type HeldText, heldText } from './held-text'
import { processorsOf } from './processors'
import { uniformsOf } from './random'

/** Why a continuation ended: by a stop token or string, or as it was long enough. */
export type FinishReason = 'stop' | 'length'

/** One token of a continuation. */
export interface GeneratedToken {
  readonly id: number
  /** The text that it adds, special tokens left out; empty without a tokeniser. */
  readonly text: string
  /** ln of its probability under the model itself: no temperature, no filter, no penalty. */
  readonly logProb: number
  /** ln of its probability under what it was drawn from; 0 where the most probable token is taken. */
  readonly samplingLogProb: number
  /** There for the last token of a continuation. */
  readonly finishReason?: FinishReason
}

/** Which continuation of which prompt. */
export interface SequenceName {
  readonly prompt: number
  readonly sample: number
}

/** A continuation in the making. */
export interface Sequence extends SequenceName {
  /** Tokens of the prompt. */
  readonly promptLength: number
  /** Tokens of the continuation so far. */
  readonly length: number
  readonly finished: boolean
  readonly last: number
  /**
   * The next token.
   * @param logits of the model, [vocabulary].
   * @param logProbOf ln p of the token of a logit.
   */
  next(logits: Float32Array, logProbOf: (logit: number) => number): GeneratedToken
}

/** Tokens of a prompt that the text of a continuation is decoded behind: whether it begins with a space depends on them. */
const promptTail = 8

/** The text that tokens add behind a prompt. */
function textAfter(tokenizer: Tokenizer, prompt: ArrayLike<number>): TextStream {
  const stream = tokenizer.decodeStream({ skipSpecialTokens: true })
  // Ids beyond the tokeniser's, of a vocabulary that was padded, have no text.
  for (const id of Array.from(prompt).slice(-promptTail)) {
    if (tokenizer.idToToken(id) !== undefined) stream.push(id)
  }
  return stream
}

/** Text of tokens up to a stop string. */
interface Writing {
  push(id: number): { readonly text: string; readonly stopped: boolean }
  end(): { readonly text: string; readonly stopped: boolean }
}

const nothing = { text: '', stopped: false }

const silent: Writing = { push: () => nothing, end: () => nothing }

function writingOf(tokenizer: Tokenizer, prompt: ArrayLike<number>, stop: readonly string[]): Writing {
  const stream = textAfter(tokenizer, prompt)
  const held: HeldText = heldText(stop)
  return {
    push: (id) => held.push(tokenizer.idToToken(id) === undefined ? '' : stream.push(id)),
    end: () => {
      const { text, stopped } = held.push(stream.end())
      return { text: text + held.end(), stopped }
    },
  }
}

function requireNumber(name: string, logProb: number): void {
  if (!Number.isNaN(logProb)) return
  throw new LmError('NOT_FINITE', `${name}: the logits are no finite numbers: are its weights?`)
}

/** A continuation of `prompt` that has no token yet. */
export function startSequence(
  model: MaybeLoaded,
  prompt: ArrayLike<number>,
  name: SequenceName,
  settings: GenerateSettings,
): Sequence {
  const { tokenizer, config } = model
  const whole = Math.min(settings.maxLength, contextLength(config))
  const limit = Math.min(settings.maxNewTokens, Math.max(1, whole - prompt.length))
  const greedy = settings.temperature === 0
  const process = processorsOf(greedy ? { ...settings, topK: 0, topP: 1, minP: 0 } : settings)
  const uniform = uniformsOf(settings.seed, name.prompt, name.sample)
  const seen = new Set(settings.repetitionPenalty === 1 ? [] : Array.from(prompt))
  const writing = tokenizer ? writingOf(tokenizer, prompt, settings.stop) : silent
  let length = 0
  let finished = false
  let last = 0
  return {
    ...name,
    promptLength: prompt.length,
    get length() {
      return length
    },
    get finished() {
      return finished
    },
    get last() {
      return last
    },
    next(logits, logProbOf) {
      // The largest of all is no number when one of them is none.
      requireNumber(model.name, logProbOf(logits[0]!))
      const candidates = process({ ids: undefined, logits }, seen)
      const { id, logProb: samplingLogProb } = greedy ? drawBest(candidates) : drawAt(candidates, uniform())
      if (settings.repetitionPenalty !== 1) seen.add(id)
      last = id
      length++
      const { text, stopped } = writing.push(id)
      const ended = stopped || settings.stopTokenIds.has(id)
      const token = { id, text, logProb: logProbOf(logits[id]!), samplingLogProb }
      if (!ended && length < limit) return token
      finished = true
      // What was left of a character may complete a stop string.
      const rest = stopped ? nothing : writing.end()
      const finishReason = ended || rest.stopped ? 'stop' : 'length'
      return { ...token, text: text + rest.text, finishReason }
    },
  }
}
