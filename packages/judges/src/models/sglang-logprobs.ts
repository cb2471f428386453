import type { CallOptions } from '../chat-model'
import { checkOptions, choose, type OptionNames } from '../check-options'
import type { LogprobProvider } from '../logprob-provider'
import type { Usage } from '../usage'
import { checkAnswers } from './answer-logprobs'
import { type Connection, connect } from './connection'
import { exactAnswer } from './exact-answer'
import { jsonAt } from './json-at'
import { describeJson } from './read-completion'
import { type ServerOptions, serverOptionNames } from './server-options'
import { templateOptions } from './template-options'
import { allIds, serverTokenizer } from './token-ids'
import { usageOf } from './usage-of'
import { wireLogprob } from './wire-logprob'

/** Options of {@link sglangLogprobs}. */
export interface SglangLogprobsOptions extends ServerOptions {
  /**
   * `score`: `/v1/score`, which reads the prompt and generates nothing. `generate`: `/generate` with `token_ids_logprob`,
   * for one token. Default: `score`.
   */
  readonly method?: 'score' | 'generate'
}

const optionNames: OptionNames<SglangLogprobsOptions> = { ...serverOptionNames, method: true }

interface Asked {
  readonly logprobs: ReadonlyMap<number, number>
  readonly usage: Usage
}

type Ask = (
  connection: Connection,
  options: ServerOptions,
  prompt: readonly number[],
  ids: readonly number[],
  call: CallOptions | undefined,
) => Promise<Asked>

const isProbabilities = (value: unknown, count: number): value is number[] =>
  Array.isArray(value) &&
  value.length === count &&
  value.every((p) => typeof p === 'number' && p >= 0 && p <= 1.001)

/** The usage may be null: a prompt is as long as the tokens that were sent. */
const scoreUsage = (prompt: readonly number[], { prices }: ServerOptions) =>
  usageOf({ promptTokens: prompt.length, completionTokens: 0 }, prices)

const byScore: Ask = async (connection, options, prompt, ids, call) => {
  const body = {
    model: connection.model,
    query: prompt.slice(0, -1),
    items: [prompt.slice(-1)],
    label_token_ids: ids,
    apply_softmax: false,
  }
  const answer = await connection.request({ method: 'post', path: '/score', body }, call)
  const scores = jsonAt(answer, 'scores', 0)
  if (!isProbabilities(scores, ids.length)) {
    const what = `/score: scores[0] is ${describeJson(scores)}; expected ${ids.length} probabilities`
    throw connection.badResponse(what, 'NO_LOGPROBS')
  }
  return {
    logprobs: new Map(ids.map((id, i) => [id, Math.log(scores[i]!)])),
    usage: scoreUsage(prompt, options),
  }
}

/** Rows are `[logprob, id, text or null]`, in any order. */
const byGenerate: Ask = async (connection, options, prompt, ids, call) => {
  const body = {
    input_ids: prompt,
    // Greedy: SGLang tells probabilities after temperature, and takes 1 for it when it is greedy.
    sampling_params: { max_new_tokens: 1, temperature: 0 },
    return_logprob: true,
    token_ids_logprob: ids,
  }
  const answer = await connection.request({ method: 'post', path: `${connection.root}/generate`, body }, call)
  const rows = jsonAt(answer, 'meta_info', 'output_token_ids_logprobs', 0)
  const byId = new Map((Array.isArray(rows) ? rows : []).map((row) => [jsonAt(row, 1), jsonAt(row, 0)]))
  const logprobs = ids.map((id): [number, number] => {
    const logprob = wireLogprob(byId.get(id))
    if (logprob !== undefined) return [id, logprob]
    const what = `/generate: meta_info.output_token_ids_logprobs[0] is ${describeJson(rows)}; expected token ${id} in it`
    throw connection.badResponse(what, 'NO_LOGPROBS')
  })
  const completionTokens = Number(jsonAt(answer, 'meta_info', 'completion_tokens') ?? 1)
  const usage = usageOf({ promptTokens: prompt.length, completionTokens }, options.prices)
  return { logprobs: new Map(logprobs), usage }
}

/** A provider over a connection that is there already. */
export function sglangLogprobsOver(
  connection: Connection,
  options: ServerOptions,
  method: NonNullable<SglangLogprobsOptions['method']>,
): LogprobProvider {
  const ask = choose<Ask>('method', method, { score: byScore, generate: byGenerate })
  const tokenizer = serverTokenizer(connection, 'text', templateOptions(options))
  return {
    name: connection.redactor.known(options.model),
    identity: { kind: 'sglang-logprobs', ...connection.identity, method },
    nextToken: async ({ messages, answers }, call) => {
      checkAnswers(answers)
      const ids = await tokenizer.answers(answers, call)
      const prompt = await tokenizer.prompt(messages, call)
      const { logprobs, usage } = await ask(connection, options, prompt, allIds(ids), call)
      return { ...exactAnswer(ids, (id) => logprobs.get(id)!), usage }
    },
  }
}

/**
 * Probabilities of the next token from SGLang: of each asked-for token by itself, so the provenance is `exact`. The server
 * must be new enough that its `/tokenize` takes messages.
 *
 * `nextToken` throws `NO_LOGPROBS` for an answer of another form, `BAD_RESPONSE` where an answer has no spelling of one
 * token, and what {@link openaiChatModel} throws.
 */
export function sglangLogprobs(options: SglangLogprobsOptions): LogprobProvider {
  checkOptions('sglangLogprobs', options, optionNames)
  const { method = 'score', ...server } = options
  return sglangLogprobsOver(connect(server), server, method)
}
