import { checkOptions } from '../check-options'
import { renderChat } from '../checkpoint/checkpoint'
import { type LoadedLanguageModel, requireTokenizer } from '../running/loaded-language-model'
import { requireList } from '../running/require-token-ids'
import type { ChatMessage, RenderChatOptions } from '../tokenizer/chat-template'
import { continueOne, continueToEnd, type GeneratedSequence } from './generate'
import {
  type GenerateOptions,
  generateOptionNames,
  type StreamOptions,
  streamOptionNames,
} from './generate-options'
import type { GeneratedToken } from './sequence'
import { suggestedSettings } from './suggested-options'

/** A text to go on with, or a conversation to answer. */
export type TextPrompt = string | readonly ChatMessage[]

/** How to continue texts: what options leave out is as the model's generation_config.json says, or greedy. */
export interface GenerateTextOptions extends GenerateOptions, ChatOption {}

/** How to continue one text, token by token. */
export type StreamTextOptions = StreamOptions & ChatOption

interface ChatOption {
  /** What a chat template is given with conversations. Default: no tools, no further variables. */
  chat?: Pick<RenderChatOptions, 'tools' | 'variables'>
}

/** A continuation of a text. */
export interface GeneratedText extends GeneratedSequence {
  readonly text: string
}

/**
 * The tokens of a text with what the model expects around it, or of a conversation up to where the assistant is to answer.
 * @throws LmError `INVALID_TOKENIZER` when the model has no tokeniser; `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`.
 */
export function promptTokens(
  model: LoadedLanguageModel,
  prompt: TextPrompt,
  chat: GenerateTextOptions['chat'] = {},
): number[] {
  const tokenizer = requireTokenizer(model, 'text')
  if (typeof prompt === 'string') return tokenizer.encode(prompt)
  const text = renderChat(model, prompt, { ...chat, addGenerationPrompt: true })
  return tokenizer.encode(text, { addSpecialTokens: false })
}

/**
 * Continues texts, or answers conversations. As in transformers, what no option says is as generation_config.json has it
 * (`top_k` 50 where it samples and does not say), and greedy where there is none.
 * @returns `n` continuations of each prompt, those of the first prompt first.
 * @throws LmError as `generate`, and `INVALID_TOKENIZER`, `NO_CHAT_TEMPLATE`, `TEMPLATE_FAILED`.
 */
export async function generateText(
  model: LoadedLanguageModel,
  prompts: readonly TextPrompt[],
  options: GenerateTextOptions = {},
): Promise<GeneratedText[]> {
  checkOptions('generateText', options, { ...generateOptionNames, chat: true })
  const { chat, ...plain } = options
  const settings = suggestedSettings('generateText', model, plain)
  requireList('prompts', prompts)
  const ids = prompts.map((prompt) => promptTokens(model, prompt, chat))
  const found = await continueToEnd(model, ids, settings)
  // A model with a tokeniser, which this one has, gives texts.
  return found.map((sequence) => ({ ...sequence, text: sequence.text! }))
}

/**
 * One continuation of a text, or answer to a conversation, token by token, with the defaults of {@link generateText}.
 * @throws LmError as {@link generateText}.
 */
export async function* streamText(
  model: LoadedLanguageModel,
  prompt: TextPrompt,
  options: StreamTextOptions = {},
): AsyncGenerator<GeneratedToken, void, undefined> {
  checkOptions('streamText', options, { ...streamOptionNames, chat: true })
  const { chat, ...plain } = options
  const settings = suggestedSettings('streamText', model, plain)
  yield* continueOne(model, promptTokens(model, prompt, chat), settings)
}
