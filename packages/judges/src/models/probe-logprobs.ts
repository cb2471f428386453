import type { CallOptions } from '../chat-model'
import { checkOptions, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import type {
  LogprobProvenance,
  LogprobProvider,
  NextTokenAnswer,
  NextTokenRequest,
} from '../logprob-provider'
import { adaptiveLimit } from './adaptive-limit'
import { type Connection, connect } from './connection'
import { llamaCppLogprobsOver } from './llama-cpp-logprobs'
import { openaiChatModel } from './openai-chat-model'
import { chatLogprobsOver } from './openai-logprobs'
import { DEFAULT_CONCURRENCY, type ServerCall } from './request-setup'
import { type SampledVotesOptions, sampledVotes } from './sampled-votes'
import { type ServerOptions, serverOptionNames } from './server-options'
import { sglangLogprobsOver } from './sglang-logprobs'
import { vllmLogprobsOver } from './vllm-logprobs'

/** Options of {@link probeLogprobs}. */
export interface ProbeLogprobsOptions extends ServerOptions {
  /**
   * Whether votes are sampled where the server has no log-probabilities; otherwise that is the error `NO_LOGPROBS`. Default:
   * true, and it is told through `onNotice`.
   */
  readonly allowSampled?: boolean
  /** How votes are sampled. */
  readonly sampling?: SampledVotesOptions
}

const optionNames: OptionNames<ProbeLogprobsOptions> = {
  ...serverOptionNames,
  allowSampled: true,
  sampling: true,
}

/** A program that serves models. `unknown` speaks OpenAI's protocol, as far as was asked. */
export type ServerProgram = 'vllm' | 'sglang' | 'llama.cpp' | 'ollama' | 'unknown'

/** One thing that was tried with a server. */
export interface ProbeAttempt {
  /** What was asked, such as `GET /props` or `probabilities by /completion`. */
  readonly tried: string
  readonly works: boolean
  /** What came back, in short; or the error. */
  readonly answer: string
}

/** What a server can, and how that was found out. */
export interface LogprobCapabilities {
  readonly program: ServerProgram
  /** What the answers of the chosen provider rest on. */
  readonly provenance: LogprobProvenance
  /** How the chosen provider asks, such as `/v1/score`. */
  readonly method: string
  /** What was tried, in order. */
  readonly attempts: readonly ProbeAttempt[]
}

/** The best provider for a server, and why it is. */
export interface ProbedLogprobs {
  readonly provider: LogprobProvider
  readonly capabilities: LogprobCapabilities
}

/** A request by which a program is known. */
interface Signature {
  readonly program: ServerProgram
  readonly path: string
  /** A field that only the answer of this program has, as a text or a number. */
  readonly field: string
}

/** vLLM's and Ollama's routes have different paths, so that a version alone tells them apart. */
const signatures: readonly Signature[] = [
  { program: 'llama.cpp', path: '/props', field: 'total_slots' },
  { program: 'vllm', path: '/version', field: 'version' },
  { program: 'sglang', path: '/get_model_info', field: 'model_path' },
  { program: 'ollama', path: '/api/version', field: 'version' },
]

/** A way to get probabilities, the better ones first. */
interface Method {
  readonly name: string
  readonly over: (connection: Connection, options: ServerOptions) => LogprobProvider
}

const chat: Method = {
  name: '/chat/completions with top_logprobs',
  over: (connection, options) => chatLogprobsOver(connection, options, 20),
}

const methods: Readonly<Record<ServerProgram, readonly Method[]>> = {
  vllm: [
    {
      name: '/completions with logprob_token_ids',
      over: (connection, options) => vllmLogprobsOver(connection, options, 'token-ids'),
    },
    {
      name: '/generative_scoring',
      over: (connection, options) => vllmLogprobsOver(connection, options, 'generative-scoring'),
    },
    chat,
  ],
  sglang: [
    { name: '/score', over: (connection, options) => sglangLogprobsOver(connection, options, 'score') },
    {
      name: '/generate with token_ids_logprob',
      over: (connection, options) => sglangLogprobsOver(connection, options, 'generate'),
    },
    chat,
  ],
  'llama.cpp': [
    {
      name: '/completion',
      over: (connection, options) => llamaCppLogprobsOver(connection, options, undefined),
    },
    chat,
  ],
  ollama: [chat],
  unknown: [chat],
}

const question: NextTokenRequest = {
  messages: [{ role: 'user', content: 'Is water wet? Answer with one word, yes or no.' }],
  answers: { yes: ['yes', 'Yes', ' yes', ' Yes'], no: ['no', 'No', ' no', ' No'] },
}

/** Whether the server itself says no: anything else may be otherwise the next time, and is not a capability. */
const isNo = (error: unknown): error is JudgeError =>
  JudgeError.isInstance(error) &&
  (error.code === 'NO_LOGPROBS' ||
    error.code === 'BAD_RESPONSE' ||
    (error.code === 'SERVER_STATUS' && [400, 404, 405, 415, 422, 501].includes(error.status ?? 0)))

const finite = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : `${value}`)

const describeAnswer = ({ provenance, logprobs }: NextTokenAnswer) =>
  `${provenance}: ${Object.entries(logprobs)
    .map(([answer, logprob]) => `log P(${answer}) = ${finite(logprob)}`)
    .join(', ')}`

/** Fewer attempts than usual: a route that is not there may be answered with anything. */
const PROBE_RETRIES = 1

async function identify(
  connection: Connection,
  attempts: ProbeAttempt[],
  call: CallOptions | undefined,
): Promise<ServerProgram> {
  for (const { program, path, field } of signatures) {
    const get: ServerCall = { method: 'get', path: connection.root + path, retries: PROBE_RETRIES }
    const answer = await connection.request(get, call).catch((error: unknown) => error)
    if (JudgeError.isInstance(answer) && ['NETWORK', 'ABORTED', 'TIMEOUT'].includes(answer.code)) throw answer
    const value = (answer as Record<string, unknown> | null)?.[field]
    const works = !(answer instanceof Error) && (typeof value === 'string' || typeof value === 'number')
    const told = works ? `${field} ${value}` : answer instanceof Error ? answer.message : `no ${field}`
    attempts.push({ tried: `GET ${path}`, works, answer: connection.redactor.text(told) })
    if (works) return program
  }
  return 'unknown'
}

/** Tries one method; undefined where the server says that it cannot. */
async function tryMethod(
  method: Method,
  connection: Connection,
  options: ServerOptions,
  attempts: ProbeAttempt[],
  call: CallOptions | undefined,
): Promise<{ provider: LogprobProvider; provenance: LogprobProvenance } | undefined> {
  const tried = `probabilities by ${method.name}`
  try {
    const provider = method.over(connection, options)
    const answer = await provider.nextToken(question, call)
    attempts.push({ tried, works: true, answer: describeAnswer(answer) })
    return { provider, provenance: answer.provenance }
  } catch (error) {
    if (!isNo(error)) throw error
    attempts.push({ tried, works: false, answer: error.message })
    return undefined
  }
}

/** Votes in place of probabilities, if the model answers at all: the caller is told, and the answers say so too. */
async function fallBack(
  connection: Connection,
  options: ProbeLogprobsOptions,
  server: ServerOptions,
  found: { readonly program: ServerProgram; readonly attempts: ProbeAttempt[] },
  call: CallOptions | undefined,
): Promise<ProbedLogprobs> {
  if (options.allowSampled === false) {
    const tried = found.attempts.map((each) => `${each.tried}: ${each.answer}`).join('; ')
    throw connection.badResponse(`the server gives no log-probabilities: ${tried}`, 'NO_LOGPROBS')
  }
  const { samples = 10, maxTokens = 8 } = options.sampling ?? {}
  const model = openaiChatModel(server)
  const provider = sampledVotes(model, options.sampling)
  const { text } = await model.complete({ messages: question.messages, maxTokens }, call)
  found.attempts.push({ tried: 'a completion', works: true, answer: JSON.stringify(text) })
  connection.notice(
    `${connection.server} gives no log-probabilities for ${connection.model}: probabilities are shares of ${samples} sampled answers.`,
  )
  return { provider, capabilities: { ...found, provenance: 'sampled', method: `${samples} sampled answers` } }
}

/**
 * Finds out which program a server is and how it tells probabilities of the next token, with a few requests, and returns
 * the best provider: exact ones first, then those of the likeliest tokens, then sampled votes. What was tried is in
 * `capabilities.attempts`.
 *
 * Only a server that says no leads to the next method. Throws what {@link openaiChatModel} throws where it cannot be asked:
 * no server, a wrong key, an overload that lasts; and `NO_LOGPROBS` where only votes are left and they are not wanted.
 */
export async function probeLogprobs(
  options: ProbeLogprobsOptions,
  call?: CallOptions,
): Promise<ProbedLogprobs> {
  checkOptions('probeLogprobs', options, optionNames)
  const { allowSampled: _, sampling: __, ...given } = options
  const server = { ...given, limit: given.limit ?? adaptiveLimit(given.concurrency ?? DEFAULT_CONCURRENCY) }
  const connection = connect(server)
  const attempts: ProbeAttempt[] = []
  const program = await identify(connection, attempts, call)
  for (const method of methods[program]) {
    const found = await tryMethod(method, connection, server, attempts, call)
    if (!found) continue
    const { provider, provenance } = found
    return { provider, capabilities: { program, provenance, method: method.name, attempts } }
  }
  return fallBack(connection, options, server, { program, attempts }, call)
}
