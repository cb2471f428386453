import { checkOptions } from '../check-options'
import { renderChat } from '../checkpoint/checkpoint'
import { type LoadedLanguageModel, requireTokenizer } from '../running/loaded-language-model'
import { requireList } from '../running/require-token-ids'
import { longestOf } from '../running/token-rows'
import type { ChatMessage, RenderChatOptions } from '../tokenizer/chat-template'
import { type GeneratedSequence, generate, streamTokens } from './generate'
import { type GenerateOptions, generateOptionNames, withSuggestions } from './generate-options'
import type { GeneratedToken } from './sequence'

/** A text to go on with, or a conversation to answer. */
export type TextPrompt = string | readonly ChatMessage[]

/** How to continue texts: what options leave out is as the model's generation_config.json says, or greedy. */
export interface GenerateTextOptions extends GenerateOptions {
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

function plainOptions(owner: string, options: GenerateTextOptions): GenerateOptions {
  checkOptions<GenerateTextOptions>(owner, options, { ...generateOptionNames, chat: true })
  const { chat: _, ...plain } = options
  return plain
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
  const plain = plainOptions('generateText', options)
  requireList('prompts', prompts)
  const ids = prompts.map((prompt) => promptTokens(model, prompt, options.chat))
  const longest = longestOf(ids)
  const found = await generate(model, ids, withSuggestions(plain, model.generationConfig, longest))
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
  options: Omit<GenerateTextOptions, 'n' | 'batchSize'> = {},
): AsyncGenerator<GeneratedToken, void, undefined> {
  const plain = plainOptions('streamText', options)
  const ids = promptTokens(model, prompt, options.chat)
  yield* streamTokens(model, ids, withSuggestions(plain, model.generationConfig, ids.length))
}
