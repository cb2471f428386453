import { env } from 'node:process'
import { RewardModelError } from '../reward-model-error'
import { checks, type OptionCheck, oneOf, optional, resolveOptions } from './check-options'
import { decodeEmbeddings } from './decode-embeddings'
import { embedInBatches } from './embed-in-batches'
import type { Embedder } from './embedder'
import { postJson } from './post-json'

/** What decides the vectors of {@link openAIEmbeddings} and how they are asked for: all but the key. */
export interface OpenAIEmbeddingsSettings {
  /** Name of the model, as the server knows it. */
  model: string
  /** Where the API is, without `/embeddings`. Default: `https://api.openai.com/v1`. */
  baseURL?: string
  /** Length to ask for, from models that can shorten their vectors. Default: the model's. */
  dimensions?: number | undefined
  /** Texts a request. Default: 128. */
  batchSize?: number
  /** How numbers travel; `base64` is shorter, `float` is understood by every server. Default: `float`. */
  encodingFormat?: 'float' | 'base64'
  /** Attempts after the first for requests that fail in passing. Default: 5. */
  maxRetries?: number
  /** Seconds before the second attempt; doubles with each, up to 16 times, unless the server says. Default: 0.5. */
  retryDelaySeconds?: number
  /** Longest time for one attempt in seconds. Default: 60. */
  timeoutSeconds?: number
}

/** Options of {@link openAIEmbeddings}. */
export interface OpenAIEmbeddingsOptions extends OpenAIEmbeddingsSettings {
  /**
   * Key of the API; servers without keys need none. Default: the environment variable `OPENAI_API_KEY`, which is sent
   * to OpenAI and to the server that the environment variable `OPENAI_BASE_URL` names, and to no other: a `baseURL` that
   * came with somebody's model must not get it.
   */
  apiKey?: string | undefined
}

const openAI = 'https://api.openai.com/v1'

type MayBeMissing = 'dimensions' | 'apiKey'
type Resolved = Required<Omit<OpenAIEmbeddingsOptions, MayBeMissing>> &
  Pick<OpenAIEmbeddingsOptions, MayBeMissing>

const defaults: Resolved = {
  model: '',
  baseURL: openAI,
  dimensions: undefined,
  batchSize: 128,
  encodingFormat: 'float',
  maxRetries: 5,
  retryDelaySeconds: 0.5,
  timeoutSeconds: 60,
  apiKey: undefined,
}

const isWeb = (value: unknown) =>
  typeof value === 'string' &&
  /^https?:$/.test(URL.parse(value)?.protocol ?? '') &&
  !URL.parse(value)?.password

/** Anything else is refused by `fetch`, in an error that quotes it. */
const isKey = (value: unknown) => typeof value === 'string' && /^[!-~]+$/.test(value)

const table: Readonly<Record<keyof Resolved, OptionCheck>> = {
  model: checks.text,
  baseURL: ['an http or https URL without a password, such as http://localhost:8000/v1', isWeb],
  dimensions: optional(checks.positive),
  batchSize: checks.positive,
  encodingFormat: oneOf('float', 'base64'),
  maxRetries: checks.count,
  retryDelaySeconds: checks.seconds,
  timeoutSeconds: checks.seconds,
  apiKey: optional(['a text of visible ASCII characters', isKey]),
}

/**
 * Vectors from a server that speaks OpenAI's `POST /v1/embeddings`: OpenAI, vLLM, llama.cpp, Ollama, text-embeddings-
 * inference and others. Requests go one after the other; `onRetry` tells when one is repeated, which with the defaults
 * may take six minutes for a server that does not answer.
 * @throws RewardModelError `INVALID_OPTION`. `embed` rejects with `EMBEDDING_FAILED` naming the URL, what went wrong and
 *   what to check; with `NOT_FINITE` and `DIMENSION_MISMATCH` naming the text. No error holds the key.
 */
export function openAIEmbeddings(options: OpenAIEmbeddingsOptions): Embedder {
  const resolved = resolveOptions<Resolved>('openAIEmbeddings', options, defaults, table)
  const { model, baseURL, dimensions, batchSize, encodingFormat } = resolved
  const { maxRetries, retryDelaySeconds, timeoutSeconds } = resolved
  const base = new URL(baseURL)
  const apiKey = resolved.apiKey ?? (isTrusted(base) ? keyOfEnvironment() : undefined)
  if (base.origin === new URL(openAI).origin && !apiKey) {
    const expected = `expected a key for ${base.host}, here or in the environment variable OPENAI_API_KEY, got nothing`
    throw new RewardModelError('INVALID_OPTION', `openAIEmbeddings: apiKey: ${expected}`)
  }
  const path = base.pathname.replace(/\/+$/, '')
  const url = `${base.origin}${path}/embeddings`
  const shortened = dimensions === undefined ? {} : { dimensions }
  return {
    id: `openai:1:${base.host}${path}:model=${model},dimensions=${dimensions ?? 'model'}`,
    embed: (texts, embedOptions = {}) =>
      embedInBatches(texts, {
        ...embedOptions,
        source: url,
        batchSize,
        columns: dimensions,
        embedBatch: async (input) => {
          const body = { model, input, encoding_format: encodingFormat, ...shortened }
          const { signal, onRetry } = embedOptions
          const patience = { maxRetries, retryDelaySeconds, timeoutSeconds, signal, onRetry }
          return decodeEmbeddings(await postJson({ url, body, apiKey, ...patience }), input.length, url)
        },
      }),
  }
}

/** Without the line end that a file of settings may leave on it. */
function keyOfEnvironment(): string | undefined {
  const key = env.OPENAI_API_KEY?.trim()
  if (!key || isKey(key)) return key
  const message =
    'openAIEmbeddings: OPENAI_API_KEY: expected a text of visible ASCII characters, got another text'
  throw new RewardModelError('INVALID_OPTION', message)
}

const isTrusted = ({ origin }: URL) =>
  [openAI, env.OPENAI_BASE_URL].some((trusted) => trusted && URL.parse(trusted)?.origin === origin)
