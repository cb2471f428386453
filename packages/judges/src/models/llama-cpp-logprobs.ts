import type { CallOptions } from '../chat-model'
import { checkInteger, checkOptions, type OptionNames } from '../check-options'
import type { LogprobProvider } from '../logprob-provider'
import { answersFromTokens, checkAnswers, distinctTokens, type TopTokens } from './answer-logprobs'
import { type Connection, connect } from './connection'
import { jsonAt } from './json-at'
import { describeJson } from './read-completion'
import { readPosition } from './read-logprobs'
import { rememberCalls } from './remember-calls'
import { type ServerOptions, serverOptionNames } from './server-options'
import { templateOptions } from './template-options'
import { usageOf } from './usage-of'

/** Options of {@link llamaCppLogprobs}. */
export interface LlamaCppLogprobsOptions extends ServerOptions {
  /**
   * How many of the likeliest tokens to ask for, at least 1, or `all`. All are exact, and some 70 bytes of JSON for each
   * token of the vocabulary. Default: `all` for a vocabulary of at most 65,536 tokens, 1,000 for a larger one.
   */
  readonly topLogprobs?: number | 'all'
}

const optionNames: OptionNames<LlamaCppLogprobsOptions> = { ...serverOptionNames, topLogprobs: true }

const LARGEST_TO_ASK_FOR_ALL = 65_536
const TOP_OF_LARGE = 1000

/** The size of the vocabulary, by `meta.n_vocab` of the model in `/v1/models`; undefined where the server is silent. */
async function vocabularySize(connection: Connection, call?: CallOptions): Promise<number | undefined> {
  const answer = await connection.request({ method: 'get', path: '/models' }, call)
  const data = jsonAt(answer, 'data')
  const models: unknown[] = Array.isArray(data) ? data : []
  const own = models.find((each) => jsonAt(each, 'id') === connection.model) ?? models[0]
  const size = jsonAt(own, 'meta', 'n_vocab')
  return typeof size === 'number' && size > 0 ? size : undefined
}

function howMany(asked: number | 'all' | undefined, size: number | undefined): number {
  if (typeof asked === 'number') return asked
  if (asked === 'all') return size ?? 2 ** 20
  return size !== undefined && size <= LARGEST_TO_ASK_FOR_ALL ? size : TOP_OF_LARGE
}

async function applyTemplate(
  connection: Connection,
  options: ServerOptions,
  messages: unknown,
  call?: CallOptions,
): Promise<string> {
  const body = { ...templateOptions(options), model: options.model, messages }
  const path = `${connection.root}/apply-template`
  const prompt = jsonAt(await connection.request({ method: 'post', path, body }, call), 'prompt')
  if (typeof prompt === 'string') return prompt
  throw connection.badResponse(`/apply-template: prompt is ${describeJson(prompt)}; expected a text`)
}

/** One token after the prompt, by probabilities before any sampler, with as many of the likeliest tokens. */
const completionBody = (prompt: string, count: number, { extraBody, model }: ServerOptions) => ({
  ...extraBody,
  // A router has several.
  model,
  prompt,
  n_predict: 1,
  n_probs: count,
  post_sampling_probs: false,
  temperature: 1,
  cache_prompt: true,
  stream: false,
})

/** `completion_probabilities`, which the server's README calls `probs`. */
function readTokens(connection: Connection, answer: unknown): TopTokens {
  const positions = jsonAt(answer, 'completion_probabilities') ?? jsonAt(answer, 'probs')
  const read = readPosition(jsonAt(positions, 0), 'completion_probabilities[0]')
  if (typeof read !== 'string') return read
  throw connection.badResponse(`/completion: ${read}`, 'NO_LOGPROBS')
}

const countOf = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)

const llamaUsage = (answer: unknown, { prices }: ServerOptions) =>
  usageOf(
    {
      promptTokens: countOf(jsonAt(answer, 'tokens_evaluated')),
      completionTokens: countOf(jsonAt(answer, 'tokens_predicted')),
    },
    prices,
  )

/** A provider over a connection that is there already. */
export function llamaCppLogprobsOver(
  connection: Connection,
  options: ServerOptions,
  topLogprobs: number | 'all' | undefined,
): LogprobProvider {
  const remembered = rememberCalls<number | undefined>(connection)
  return {
    name: connection.redactor.known(options.model),
    identity: { kind: 'llama-cpp-logprobs', ...connection.identity, topLogprobs: topLogprobs ?? 'auto' },
    nextToken: async ({ messages, answers }, call) => {
      checkAnswers(answers)
      const size = await remembered('size', (shared) => vocabularySize(connection, shared), call)
      const prompt = await applyTemplate(connection, options, messages, call)
      const body = completionBody(prompt, howMany(topLogprobs, size), options)
      const answer = await connection.request(
        { method: 'post', path: `${connection.root}/completion`, body },
        call,
      )
      const tokens = readTokens(connection, answer)
      const isWhole = size !== undefined && distinctTokens(tokens.top).length >= size
      return { ...answersFromTokens(answers, tokens, isWhole), usage: llamaUsage(answer, options) }
    },
  }
}

/**
 * Probabilities of the next token from llama.cpp's server, before any sampler (`post_sampling_probs: false`), with the
 * model's chat template: `exact` where the answer has the whole vocabulary, `top-k` otherwise.
 *
 * `nextToken` throws `NO_LOGPROBS` for an answer of another form, and what {@link openaiChatModel} throws.
 */
export function llamaCppLogprobs(options: LlamaCppLogprobsOptions): LogprobProvider {
  checkOptions('llamaCppLogprobs', options, optionNames)
  const { topLogprobs, ...server } = options
  if (topLogprobs !== undefined && topLogprobs !== 'all') checkInteger('topLogprobs', topLogprobs, 1)
  return llamaCppLogprobsOver(connect(server), server, topLogprobs)
}
