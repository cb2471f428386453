import { checkInteger, checkOptions, type OptionNames } from '../check-options'
import type { JudgeError } from '../judge-error'
import type { LogprobProvider } from '../logprob-provider'
import { answersFromTokens, checkAnswers } from './answer-logprobs'
import { type Connection, connect } from './connection'
import { type MaxTokensParameter, wantsMaxCompletionTokens } from './max-tokens-parameter'
import { readChatLogprobs } from './read-logprobs'
import { type ServerOptions, serverOptionNames } from './server-options'

/** Options of {@link openaiLogprobs} and {@link ollamaLogprobs}. */
export interface ChatLogprobsOptions extends ServerOptions {
  /** How many of the likeliest tokens to ask for, at least 1. OpenAI and Ollama give at most 20. Default: 20. */
  readonly topLogprobs?: number
}

const optionNames: OptionNames<ChatLogprobsOptions> = { ...serverOptionNames, topLogprobs: true }

/** The error for an answer without log-probabilities: a limit of the server, unless they are there and of a wrong form. */
const missing = (connection: Connection, what: string): JudgeError =>
  connection.badResponse(
    `the server gave no log-probabilities that can be used: ${what}. probeLogprobs finds out what a server can; sampledVotes needs none`,
    'NO_LOGPROBS',
  )

/**
 * The first token of a chat completion at temperature 1, where the probabilities before and after temperature are the
 * same: some servers tell these and some those.
 */
function bodyOf(options: ServerOptions, messages: unknown, topLogprobs: number, limit: MaxTokensParameter) {
  return {
    ...options.extraBody,
    model: options.model,
    messages,
    [limit]: 1,
    temperature: 1,
    logprobs: true,
    top_logprobs: topLogprobs,
  }
}

/** A provider over a connection that is there already. */
export function chatLogprobsOver(
  connection: Connection,
  options: ServerOptions,
  topLogprobs: number,
): LogprobProvider {
  const learnt: { limit: MaxTokensParameter } = { limit: 'max_tokens' }
  const ask = async (messages: unknown, call: Parameters<Connection['request']>[1]): Promise<unknown> => {
    const { limit } = learnt
    const post = (name: MaxTokensParameter) => {
      const body = bodyOf(options, messages, topLogprobs, name)
      return connection.request({ method: 'post', path: '/chat/completions', body }, call)
    }
    try {
      return await post(limit)
    } catch (error) {
      if (limit !== 'max_tokens' || !wantsMaxCompletionTokens(error)) throw error
      learnt.limit = 'max_completion_tokens'
      return post(learnt.limit)
    }
  }
  return {
    name: connection.redactor.known(options.model),
    identity: { kind: 'chat-logprobs', ...connection.identity, topLogprobs },
    nextToken: async ({ messages, answers }, call) => {
      checkAnswers(answers)
      const answer = await ask(messages, call)
      const tokens = readChatLogprobs(answer)
      if (typeof tokens === 'string') throw missing(connection, tokens)
      return { ...answersFromTokens(answers, tokens, false), usage: connection.usage(answer) }
    },
  }
}

/**
 * Probabilities of the next token from `top_logprobs` of chat completions, as OpenAI and most servers like it have them:
 * of the likeliest tokens only, so the provenance is `top-k`, and `unseen` bounds the rest.
 *
 * The answer must be the very first token: a model that reasons first has other tokens there, and OpenAI gives none for
 * those. `nextToken` throws `NO_LOGPROBS` where the server gives none, `INVALID_INPUT` for answers that share a spelling,
 * and what {@link openaiChatModel} throws.
 */
export function openaiLogprobs(options: ChatLogprobsOptions): LogprobProvider {
  checkOptions('openaiLogprobs', options, optionNames)
  const { topLogprobs = 20, ...server } = options
  checkInteger('topLogprobs', topLogprobs, 1)
  return chatLogprobsOver(connect(server), server, topLogprobs)
}
