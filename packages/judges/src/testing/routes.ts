import { chatLogprobs, type RankedToken, rankedTokens } from './ranked-tokens'
import type { Asked, Scripted } from './script'
import { applyTemplate, type Vocabulary } from './vocabulary'

/** Which program a test server behaves as: they differ in the routes that they have. */
export type ServerKind = 'openai' | 'vllm' | 'sglang' | 'llama.cpp' | 'ollama' | 'lmstudio'

/** What a route has at hand. */
export interface RouteContext {
  readonly kind: ServerKind
  readonly model: string
  readonly vocabulary: Vocabulary
  readonly body: Readonly<Record<string, unknown>>
  /** What the script says after messages, or after a prompt given as text or tokens. */
  readonly ask: (after: { messages?: Asked['messages']; prompt?: unknown }) => Promise<Scripted>
}

/** Answers one request, by method and path; a thrown {@link Refusal} is an answer with its status. */
export type Route = (context: RouteContext) => unknown | Promise<unknown>

/** An answer by status, in place of a body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`status ${status}`)
  }
}

const count = (vocabulary: Vocabulary, text: string) => vocabulary.encode(text).length

const usageOf = (vocabulary: Vocabulary, prompt: string, text: string) => {
  const [prompt_tokens, completion_tokens] = [count(vocabulary, prompt), count(vocabulary, text)]
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

/** OpenAI and Ollama take 20 at most (Ollama's server/routes.go); vLLM's default `--max-logprobs` is 20 too. */
const MOST_TOP_LOGPROBS = 20

function checkTopLogprobs(asked: unknown): number {
  const k = Number(asked ?? 0)
  if (k >= 0 && k <= MOST_TOP_LOGPROBS) return k
  throw new Refusal(400, {
    error: {
      message: `top_logprobs must be between 0 and ${MOST_TOP_LOGPROBS}`,
      type: 'invalid_request_error',
      param: 'top_logprobs',
      code: null,
    },
  })
}

/** llama.cpp's entries have ids (`tools/server/server-task.cpp`); LM Studio's `logprobs` is null. */
function choiceLogprobs(context: RouteContext, tokens: readonly RankedToken[]) {
  if (context.body.logprobs !== true || context.kind === 'lmstudio') return null
  const entries = chatLogprobs(tokens, context.kind === 'llama.cpp')
  const top_logprobs = entries.slice(0, checkTopLogprobs(context.body.top_logprobs))
  return { content: [{ ...entries[0], top_logprobs }], refusal: null }
}

const limitOf = ({ max_tokens, max_completion_tokens }: Readonly<Record<string, unknown>>) =>
  Number(max_completion_tokens ?? max_tokens ?? Number.POSITIVE_INFINITY)

/** The first tokens of a text, and whether something was cut off. */
function cut(vocabulary: Vocabulary, text: string, limit: number): { text: string; isCut: boolean } {
  const ids = vocabulary.encode(text)
  return { text: vocabulary.decode(ids.slice(0, limit)), isCut: ids.length > limit }
}

/** OpenAI's form, which Ollama (`openai/openai.go`) and the others have too. */
async function chatCompletion(context: RouteContext): Promise<unknown> {
  const { model, vocabulary, body } = context
  const messages = body.messages as Asked['messages']
  const said = await context.ask({ messages })
  const whole = said.text ?? ''
  const { text, isCut } = cut(vocabulary, whole, limitOf(body))
  const finish_reason = said.finishReason ?? (isCut ? 'length' : 'stop')
  const choice = {
    message: { role: 'assistant', content: said.text === null ? null : text, refusal: null },
    logprobs: choiceLogprobs(context, rankedTokens(said, vocabulary)),
    finish_reason,
  }
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: Array.from({ length: Number(body.n ?? 1) }, (_, index) => ({ index, ...choice })),
    usage: usageOf(vocabulary, applyTemplate(messages), text),
  }
}

/**
 * `/v1/completions` of vLLM (`vllm/entrypoints/openai/completion/protocol.py`): `top_logprobs` is an object by token,
 * or by `token_id:…`; `logprob_token_ids` stands in for the top k.
 */
async function completion(context: RouteContext): Promise<unknown> {
  const { model, vocabulary, body, kind } = context
  const said = await context.ask({ prompt: body.prompt })
  const ranked = rankedTokens(said, vocabulary)
  const wanted = kind === 'vllm' ? (body.logprob_token_ids as number[] | undefined) : undefined
  const listed = wanted
    ? ranked.filter(({ id }) => wanted.includes(id))
    : ranked.slice(0, checkTopLogprobs(body.logprobs))
  const nameOf = ({ id, token }: RankedToken) =>
    body.return_tokens_as_token_ids === true ? `token_id:${id}` : token
  const asEntries = (tokens: readonly RankedToken[]) =>
    Object.fromEntries(tokens.map((each) => [nameOf(each), Math.max(Math.log(each.probability), -9999)]))
  const sampled = ranked[0]!
  const { text } = cut(vocabulary, said.text ?? '', limitOf(body))
  const prompt = typeof body.prompt === 'string' ? body.prompt : vocabulary.decode(body.prompt as number[])
  const logprobs =
    body.logprobs === undefined || body.logprobs === null
      ? null
      : {
          text_offset: [0],
          token_logprobs: [Math.log(sampled.probability)],
          tokens: [nameOf(sampled)],
          top_logprobs: [{ ...asEntries(listed), ...asEntries([sampled]) }],
        }
  return {
    id: 'cmpl-test',
    object: 'text_completion',
    created: 1_700_000_000,
    model,
    choices: [
      {
        index: 0,
        text: body.echo === true ? prompt + text : text,
        logprobs,
        finish_reason: 'length',
        prompt_logprobs: promptLogprobs(context, prompt),
      },
    ],
    usage: usageOf(vocabulary, prompt, text),
  }
}

/** vLLM's `prompt_logprobs`: null for the first token, then objects by id; every prompt token is certain here. */
function promptLogprobs({ body, vocabulary }: RouteContext, prompt: string): unknown {
  if (body.prompt_logprobs === undefined) return null
  const entry = (id: number) => ({ [id]: { logprob: 0, rank: 1, decoded_token: vocabulary.decode([id]) } })
  return vocabulary.encode(prompt).map((id, i) => (i === 0 ? null : entry(id)))
}

/** `vllm/entrypoints/generate/generative_scoring/serving.py`: the probability of the first label only. */
async function generativeScoring(context: RouteContext): Promise<unknown> {
  const { body, vocabulary, model } = context
  const [query, items] = [body.query as number[], body.items as number[][]]
  const labels = body.label_token_ids as number[]
  const scores = items.map(async (item, index) => {
    const ranked = rankedTokens(await context.ask({ prompt: [...query, ...item] }), vocabulary)
    const of = (id: number) => ranked.find((token) => token.id === id)?.probability ?? 0
    const total = body.apply_softmax === false ? 1 : labels.reduce((sum, id) => sum + of(id), 0)
    return { index, object: 'score', score: of(labels[0]!) / total }
  })
  const prompt_tokens = query.length + items.flat().length
  return {
    id: 'generative-scoring-test',
    object: 'list',
    created: 1_700_000_000,
    model,
    data: await Promise.all(scores),
    usage: { prompt_tokens, total_tokens: prompt_tokens, completion_tokens: 0 },
  }
}

/** SGLang's `/v1/score`: a list of label probabilities for each item, without usage in older versions. */
async function score(context: RouteContext): Promise<unknown> {
  const { body, vocabulary, model } = context
  const [query, items] = [body.query as number[], body.items as number[][]]
  const labels = body.label_token_ids as number[]
  const scores = items.map(async (item) => {
    const ranked = rankedTokens(await context.ask({ prompt: [...query, ...item] }), vocabulary)
    const values = labels.map((label) => ranked.find(({ id }) => id === label)?.probability ?? 0)
    const total = body.apply_softmax === true ? values.reduce((sum, p) => sum + p, 0) : 1
    return values.map((p) => p / total)
  })
  return { scores: await Promise.all(scores), model, usage: null, object: 'scoring' }
}

/** SGLang's `/generate`: `[logprob, id, text or null]` for each asked-for token at each generated position. */
async function generate(context: RouteContext): Promise<unknown> {
  const { body, vocabulary } = context
  const said = await context.ask({ prompt: body.input_ids ?? body.text })
  const ranked = rankedTokens(said, vocabulary)
  const asked = (body.token_ids_logprob as number[] | undefined) ?? []
  const row = asked.map((id) => {
    const probability = ranked.find((token) => token.id === id)?.probability ?? 0
    return [Math.max(Math.log(probability), -9999), id, null]
  })
  return {
    text: said.text ?? '',
    output_ids: [ranked[0]!.id],
    meta_info: {
      id: 'test',
      finish_reason: { type: 'length', length: 1 },
      prompt_tokens: Array.isArray(body.input_ids) ? body.input_ids.length : 0,
      completion_tokens: 1,
      output_token_logprobs: [[Math.log(ranked[0]!.probability), ranked[0]!.id, null]],
      output_token_ids_logprobs: [row],
    },
  }
}

/** llama.cpp's `/completion` (`tools/server/README.md`, and `probs_vector_to_json` of its server). */
async function llamaCompletion(context: RouteContext): Promise<unknown> {
  const { body, vocabulary, model } = context
  const said = await context.ask({ prompt: body.prompt })
  const entries = chatLogprobs(rankedTokens(said, vocabulary), true)
  const { text } = cut(vocabulary, said.text ?? '', Number(body.n_predict ?? Number.POSITIVE_INFINITY))
  const n = Number(body.n_probs ?? 0)
  return {
    index: 0,
    content: text,
    tokens: [],
    stop: true,
    model,
    tokens_predicted: count(vocabulary, text),
    tokens_evaluated: count(vocabulary, String(body.prompt)),
    truncated: false,
    stop_type: 'limit',
    ...(n > 0 ? { completion_probabilities: [{ ...entries[0], top_logprobs: entries.slice(0, n) }] } : {}),
  }
}

/**
 * `/tokenize` of vLLM (`vllm/entrypoints/serve/tokenize/protocol.py`) and of SGLang
 * (`python/sglang/srt/entrypoints/openai/protocol.py`) takes messages or a prompt; llama.cpp's takes `content`.
 */
function tokenize({ kind, body, vocabulary }: RouteContext): unknown {
  if (kind === 'llama.cpp') return { tokens: vocabulary.encode(String(body.content)) }
  const text = body.messages ? applyTemplate(body.messages as Asked['messages']) : String(body.prompt)
  const tokens = vocabulary.encode(text)
  return { count: tokens.length, max_model_len: 4096, tokens }
}

/** vLLM answers with `prompt`, SGLang with `text`, llama.cpp with `content`. */
function detokenize({ kind, body, vocabulary }: RouteContext): unknown {
  const text = vocabulary.decode(body.tokens as number[])
  const names: Partial<Record<ServerKind, string>> = { sglang: 'text', 'llama.cpp': 'content' }
  return { [names[kind] ?? 'prompt']: text }
}

const ownedBy: Record<ServerKind, string> = {
  openai: 'system',
  vllm: 'vllm',
  sglang: 'sglang',
  'llama.cpp': 'llamacpp',
  ollama: 'library',
  lmstudio: 'organization_owner',
}

/** llama.cpp tells the size of the vocabulary in `meta` (`tools/server/README.md`). */
function models({ kind, model, vocabulary }: RouteContext): unknown {
  const meta = kind === 'llama.cpp' ? { meta: { n_vocab: vocabulary.words.length, n_ctx_train: 8192 } } : {}
  return {
    object: 'list',
    data: [{ id: model, object: 'model', created: 0, owned_by: ownedBy[kind], ...meta }],
  }
}

const everywhere: Record<string, Route> = {
  'GET /v1/models': models,
  'POST /v1/chat/completions': chatCompletion,
}

/** The routes of each program, by method and path. */
export const routesOf: Record<ServerKind, Readonly<Record<string, Route>>> = {
  openai: everywhere,
  lmstudio: everywhere,
  vllm: {
    ...everywhere,
    'GET /version': () => ({ version: '0.22.1' }),
    'POST /v1/completions': completion,
    'POST /generative_scoring': generativeScoring,
    'POST /tokenize': tokenize,
    'POST /detokenize': detokenize,
  },
  sglang: {
    ...everywhere,
    'GET /get_model_info': ({ model }) => ({ model_path: model, is_generation: true }),
    'POST /v1/completions': completion,
    'POST /v1/score': score,
    'POST /generate': generate,
    'POST /tokenize': tokenize,
    'POST /detokenize': detokenize,
  },
  'llama.cpp': {
    ...everywhere,
    'GET /props': ({ model }) => ({
      default_generation_settings: { n_ctx: 1024 },
      total_slots: 1,
      model_path: model,
      chat_template: '…',
      build_info: 'b7000-test',
    }),
    'POST /v1/completions': completion,
    'POST /completion': llamaCompletion,
    'POST /apply-template': ({ body }) => ({ prompt: applyTemplate(body.messages as Asked['messages']) }),
    'POST /tokenize': tokenize,
    'POST /detokenize': detokenize,
  },
  ollama: {
    ...everywhere,
    'GET /api/version': () => ({ version: '0.12.11' }),
    'POST /v1/completions': completion,
  },
}
