import { checkInteger, checkOptions, type OptionNames } from '../check-options'
import type { LogprobProvider } from '../logprob-provider'
import { connect } from './connection'
import { type ChatLogprobsOptions, chatLogprobsOver } from './openai-logprobs'
import { serverOptionNames } from './server-options'

const optionNames: OptionNames<ChatLogprobsOptions> = { ...serverOptionNames, topLogprobs: true }

/**
 * Probabilities of the next token from Ollama, 0.12.11 or newer: those of the 20 likeliest tokens at most, so the
 * provenance is `top-k`. Older versions leave them out, which is `NO_LOGPROBS`.
 *
 * `baseUrl` is Ollama's OpenAI-compatible address, such as `http://localhost:11434/v1`. The same question of
 * it is the same to {@link openaiLogprobs}, in caches too. Throws as that.
 */
export function ollamaLogprobs(options: ChatLogprobsOptions): LogprobProvider {
  checkOptions('ollamaLogprobs', options, optionNames)
  const { topLogprobs = 20, ...server } = options
  checkInteger('topLogprobs', topLogprobs, 1)
  return chatLogprobsOver(connect(server), server, topLogprobs)
}
