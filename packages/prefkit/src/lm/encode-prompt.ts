import { type ChatMessage, type Checkpoint, LmError, renderChat, type Tokenizer } from '@prefkit/lm'
import { PrefkitError } from '../prefkit-error'
import type { CompletionRow } from './completion-rows'
import type { Prompt } from './prompt-rows'

/** What turns prompts into tokens: a loaded model, as far as it is needed for that. */
export interface Encoding extends Pick<Checkpoint, 'path' | 'chatTemplate'> {
  readonly tokenizer: Tokenizer
}

/** How prompts are written. */
export interface WritingOptions {
  /** Makes text a message of the user, and text that goes on after it one of the assistant. Default: false. */
  readonly chat?: boolean | undefined
  /** A message of the system before the others. Default: none. */
  readonly system?: string | undefined
}

/** Where a model of this path has its tokeniser. */
function whereTokenizer(path: string): string {
  if (/\.gguf$/i.test(path)) return 'a GGUF file that has one'
  if (!/\.bin$/i.test(path)) return 'tokenizer.json in its directory'
  return 'tok<number of tokens>.bin or tokenizer.bin beside it, or --tokenizer <file>'
}

/**
 * The tokeniser of a checkpoint.
 * @throws LmError `INVALID_TOKENIZER` where it has none.
 */
export function requireEncoding(checkpoint: Partial<Encoding> & Pick<Encoding, 'path'>): Encoding {
  const { path, tokenizer, chatTemplate } = checkpoint
  if (tokenizer) return { path, tokenizer, ...(chatTemplate && { chatTemplate }) }
  throw new LmError('INVALID_TOKENIZER', `${path}: it has no tokeniser: expected ${whereTokenizer(path)}`)
}

/**
 * A prompt as it is handed to the template, or as text.
 * @throws PrefkitError `INVALID_CONFIG` where there is no place for `system`.
 */
export function writtenPrompt(prompt: Prompt, { chat = false, system }: WritingOptions): Prompt {
  const asked = chat && typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt
  if (system === undefined) return asked
  if (typeof asked === 'string') {
    throw new PrefkitError('INVALID_CONFIG', '--system: text as it stands has no system message; add --chat')
  }
  if (asked[0]?.role !== 'system') return [{ role: 'system', content: system }, ...asked]
  throw new PrefkitError('INVALID_CONFIG', '--system: a conversation has a system message already')
}

/** A first token is predicted from nothing, which no model does: it counts as the prompt of the others. */
const afterFirst = ({ prompt, completion }: EncodedCompletion): EncodedCompletion =>
  prompt.length > 0
    ? { prompt, completion }
    : { prompt: completion.slice(0, 1), completion: completion.slice(1) }

/** A template is what the command line can give. */
export function chatText(
  encoding: Encoding,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): string {
  if (encoding.chatTemplate) return renderChat(encoding, messages, { addGenerationPrompt })
  const problem = 'it has no chat template, which conversations need: give one by --chat-template <file>'
  throw new LmError('NO_CHAT_TEMPLATE', `${encoding.path}: ${problem}`)
}

/**
 * The tokens of a prompt: text as it stands, with what the model expects around it, or a conversation by its chat template, up
 * to where the assistant begins.
 * @throws LmError `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`; PrefkitError `INVALID_CONFIG` where there is no place for `system`.
 */
export function encodePrompt(encoding: Encoding, prompt: Prompt, options: WritingOptions = {}): number[] {
  const { tokenizer } = encoding
  const asked = writtenPrompt(prompt, options)
  if (typeof asked === 'string') return tokenizer.encode(asked)
  return tokenizer.encode(chatText(encoding, asked, true), { addSpecialTokens: false })
}

/** The tokens of a completion and those before it. */
export interface EncodedCompletion {
  readonly prompt: readonly number[]
  readonly completion: readonly number[]
}

/** All of a text, up to the prompt and from there on: a token that has a part of both is of the completion. */
function splitAt(prompt: readonly number[], all: readonly number[]): EncodedCompletion {
  const other = all.findIndex((id, i) => id !== prompt[i])
  const end = other < 0 ? all.length : other
  return { prompt: all.slice(0, end), completion: all.slice(end) }
}

/**
 * The tokens of a completion, split as they are where the whole text is; of a conversation, what its chat template adds after
 * the place where the assistant begins. Of a text that goes on after nothing, not even a token that begins texts, the first token
 * is the prompt.
 * @param ends adds the token that ends a text to one without a template, as a model that is trained has to learn where to end.
 * @throws LmError `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`; PrefkitError `BAD_ROW` naming file and line where a completion has no
 *   token of its own.
 */
export function encodeCompletion(
  encoding: Encoding,
  row: Pick<CompletionRow, 'place' | 'prompt' | 'completion'>,
  { ends = false, ...options }: WritingOptions & { readonly ends?: boolean } = {},
): EncodedCompletion {
  const encoded = afterFirst(splitCompletion(encoding, row, { ends, ...options }))
  if (encoded.completion.length > 0) return encoded
  throw new PrefkitError('BAD_ROW', `${row.place}: the completion has no tokens of its own`)
}

function splitCompletion(
  encoding: Encoding,
  { prompt, completion }: Pick<CompletionRow, 'prompt' | 'completion'>,
  { ends, ...options }: WritingOptions & { readonly ends: boolean },
): EncodedCompletion {
  const { tokenizer } = encoding
  const isChat = typeof prompt !== 'string' || (options.chat === true && prompt !== '')
  const asked = isChat ? writtenPrompt(prompt, options) : prompt
  if (typeof asked === 'string') {
    const { eos } = tokenizer.specialTokens
    const { prompt: before, completion: after } = splitAt(
      tokenizer.encode(asked),
      tokenizer.encode(`${asked}${completion as string}`),
    )
    return { prompt: before, completion: ends && eos && after.at(-1) !== eos.id ? [...after, eos.id] : after }
  }
  const answer = typeof completion === 'string' ? [{ role: 'assistant', content: completion }] : completion
  const encode = (text: string): number[] => tokenizer.encode(text, { addSpecialTokens: false })
  return splitAt(
    encode(asked.length === 0 ? '' : chatText(encoding, asked, true)),
    encode(chatText(encoding, [...asked, ...answer], false)),
  )
}
