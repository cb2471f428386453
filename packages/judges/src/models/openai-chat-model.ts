import type { CallOptions, ChatCompletion, ChatModel, ChatRequest } from '../chat-model'
import { checkInteger, checkOptions, checkRange, choose, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import { type Connection, connect } from './connection'
import { type MaxTokensParameter, wantsMaxCompletionTokens } from './max-tokens-parameter'
import { readChoice } from './read-completion'
import { type ServerOptions, serverOptionNames } from './server-options'

/** Options of {@link openaiChatModel}. */
export interface OpenaiChatModelOptions extends ServerOptions {
  /** The model's name in reports. Default: `model`. */
  readonly name?: string
  /**
   * How a limit of tokens is sent. `auto`: as `max_tokens`, which every server knows, until the server says that it wants
   * `max_completion_tokens`, as OpenAI's newer models do; that is then told through `onNotice`. Default: `auto`.
   */
  readonly maxTokensParameter?: 'auto' | 'max_tokens' | 'max_completion_tokens'
}

const optionNames: OptionNames<OpenaiChatModelOptions> = {
  ...serverOptionNames,
  name: true,
  maxTokensParameter: true,
}

function checkRequest({ messages, temperature, topP, maxTokens, seed }: ChatRequest): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new JudgeError('EMPTY', 'messages', 'messages is empty; expected one message or more')
  }
  if (temperature !== undefined) checkRange('temperature', temperature, 0)
  if (topP !== undefined) checkRange('topP', topP, Number.MIN_VALUE, 1)
  if (maxTokens !== undefined) checkInteger('maxTokens', maxTokens, 1)
  if (seed !== undefined) checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
}

/** The request as the server takes it; what is undefined is left out. */
function bodyOf(request: ChatRequest, options: OpenaiChatModelOptions, parameter: MaxTokensParameter) {
  const { messages, temperature, topP, maxTokens, seed, stop } = request
  const fields = { temperature, top_p: topP, [parameter]: maxTokens, seed, stop }
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const sent = messages.map(({ role, content }) => ({ role, content }))
  return { ...options.extraBody, ...given, model: options.model, messages: sent }
}

/** The text of the server's words is the model's: only what is known to be a secret is taken out of it. */
function readCompletion(connection: Connection, answer: unknown): ChatCompletion {
  const choice = readChoice(answer)
  if (typeof choice === 'string') throw connection.badResponse(choice)
  const { text, finishReason } = choice
  const known = connection.redactor.known
  return { text: known(text), finishReason: known(finishReason), usage: connection.usage(answer) }
}

/**
 * A chat model behind any server that speaks OpenAI's protocol: OpenAI, vLLM, SGLang, llama.cpp, Ollama, LM Studio and
 * gateways to others.
 *
 * Failed attempts are repeated with full jitter, `Retry-After` is honoured, and fewer requests go at once while the
 * server is overloaded. An answer that is cut off, refused or filtered is no error: its `finishReason` is `length`,
 * `refusal` or `content_filter`, and its text is what there is, which may be nothing.
 *
 * `complete` throws JudgeError: `SERVER_STATUS`, `NETWORK`, `TIMEOUT`, `BAD_RESPONSE`, `RETRIES_EXHAUSTED` or `ABORTED`, with
 * the server, the model and what to do in its message, and no key in anything; `OUT_OF_RANGE` or `EMPTY` for a wrong
 * request. Throws `INVALID_OPTION` or `OUT_OF_RANGE` for wrong options.
 */
export function openaiChatModel(options: OpenaiChatModelOptions): ChatModel {
  checkOptions('openaiChatModel', options, optionNames)
  const { maxTokensParameter = 'auto', ...server } = options
  const first = choose<MaxTokensParameter>('maxTokensParameter', maxTokensParameter, {
    auto: 'max_tokens',
    max_tokens: 'max_tokens',
    max_completion_tokens: 'max_completion_tokens',
  })
  const connection = connect(server)
  const learnt = { parameter: first }

  const ask = async (request: ChatRequest, call: CallOptions | undefined): Promise<unknown> => {
    const { parameter } = learnt
    const post = (name: MaxTokensParameter) =>
      connection.request(
        { method: 'post', path: '/chat/completions', body: bodyOf(request, options, name) },
        call,
      )
    try {
      return await post(parameter)
    } catch (error) {
      const isLesson =
        maxTokensParameter === 'auto' && parameter === 'max_tokens' && wantsMaxCompletionTokens(error)
      if (!isLesson || request.maxTokens === undefined) throw error
      learnt.parameter = 'max_completion_tokens'
      connection.notice(
        `${connection.server} takes max_completion_tokens in place of max_tokens: it is sent that.`,
      )
      return post('max_completion_tokens')
    }
  }

  return {
    name: connection.redactor.known(options.name ?? options.model),
    identity: { kind: 'chat', ...connection.identity },
    complete: async (request, call) => {
      checkRequest(request)
      return readCompletion(connection, await ask(request, call))
    },
  }
}
