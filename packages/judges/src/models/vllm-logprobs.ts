import type { CallOptions } from '../chat-model'
import { checkOptions, choose, type OptionNames } from '../check-options'
import type { LogprobProvider } from '../logprob-provider'
import { runTogether } from '../run-together'
import type { Usage } from '../usage'
import { sumUsages } from '../usage'
import { checkAnswers } from './answer-logprobs'
import { type Connection, connect } from './connection'
import { exactAnswer } from './exact-answer'
import { jsonAt } from './json-at'
import { describeJson } from './read-completion'
import { type ServerOptions, serverOptionNames } from './server-options'
import { templateOptions } from './template-options'
import { allIds, serverTokenizer } from './token-ids'
import { wireLogprob } from './wire-logprob'

/** Options of {@link vllmLogprobs}. */
export interface VllmLogprobsOptions extends ServerOptions {
  /**
   * `token-ids`: one completion with `logprob_token_ids`, in newer versions. `generative-scoring`: one request to
   * `/generative_scoring` for each token, as it tells the probability of its first label only. Default: `token-ids`.
   */
  readonly method?: 'token-ids' | 'generative-scoring'
}

const optionNames: OptionNames<VllmLogprobsOptions> = { ...serverOptionNames, method: true }

/** Logarithms of probabilities by token id, and what asking for them used. */
interface Asked {
  readonly logprobs: ReadonlyMap<number, number>
  readonly usage: Usage
}

type Ask = (
  connection: Connection,
  prompt: readonly number[],
  ids: readonly number[],
  call: CallOptions | undefined,
) => Promise<Asked>

/** `top_logprobs[0]` is an object by token; `token_id:…` where ids were asked for. */
function readById(connection: Connection, answer: unknown, ids: readonly number[]): Map<number, number> {
  const top = jsonAt(answer, 'choices', 0, 'logprobs', 'top_logprobs', 0)
  const read = ids.map((id): [number, number] => {
    const written = jsonAt(top, `token_id:${id}`)
    const logprob = wireLogprob(written)
    if (logprob !== undefined) return [id, logprob]
    const what = `choices[0].logprobs.top_logprobs[0]["token_id:${id}"] is ${describeJson(written)}; expected a number of at most 0 (older versions do not know logprob_token_ids)`
    throw connection.badResponse(what, 'NO_LOGPROBS')
  })
  return new Map(read)
}

/** vLLM's default for the most that `logprobs` may be. */
const MOST_LOGPROBS = 20

/** `logprobs` must be there; some versions tell that many of the asked-for tokens, later ones all. */
const byTokenIds: Ask = async (connection, prompt, ids, call) => {
  const { model } = connection
  const body = {
    model,
    prompt,
    max_tokens: 1,
    temperature: 1,
    logprobs: Math.min(ids.length, MOST_LOGPROBS),
    logprob_token_ids: ids,
    return_tokens_as_token_ids: true,
  }
  const answer = await connection.request({ method: 'post', path: '/completions', body }, call)
  return { logprobs: readById(connection, answer, ids), usage: connection.usage(answer) }
}

/** The prompt's last token is the item, because an item may not be empty; query and item are put together as they are. */
const byGenerativeScoring: Ask = async (connection, prompt, ids, call) => {
  const { model, root } = connection
  const [query, items] = [prompt.slice(0, -1), [prompt.slice(-1)]]
  const scored = await runTogether(
    ids.map((id) => async (each: CallOptions) => {
      const body = { model, query, items, label_token_ids: [id], apply_softmax: false }
      const answer = await connection.request(
        { method: 'post', path: `${root}/generative_scoring`, body },
        each,
      )
      const score = jsonAt(answer, 'data', 0, 'score')
      if (typeof score === 'number' && score >= 0 && score <= 1.001) {
        return { entry: [id, Math.log(score)] as const, usage: connection.usage(answer) }
      }
      throw connection.badResponse(
        `/generative_scoring: data[0].score is ${describeJson(score)}; expected a probability`,
        'NO_LOGPROBS',
      )
    }),
    call,
  )
  return {
    logprobs: new Map(scored.map(({ entry }) => entry)),
    usage: sumUsages(scored.map(({ usage }) => usage)),
  }
}

/** A provider over a connection that is there already. */
export function vllmLogprobsOver(
  connection: Connection,
  options: ServerOptions,
  method: NonNullable<VllmLogprobsOptions['method']>,
): LogprobProvider {
  const ask = choose<Ask>('method', method, {
    'token-ids': byTokenIds,
    'generative-scoring': byGenerativeScoring,
  })
  const tokenizer = serverTokenizer(connection, 'prompt', templateOptions(options))
  return {
    name: connection.redactor.known(options.model),
    identity: { kind: 'vllm-logprobs', ...connection.identity, method },
    nextToken: async ({ messages, answers }, call) => {
      checkAnswers(answers)
      const ids = await tokenizer.answers(answers, call)
      const prompt = await tokenizer.prompt(messages, call)
      const { logprobs, usage } = await ask(connection, prompt, allIds(ids), call)
      return { ...exactAnswer(ids, (id) => logprobs.get(id)!), usage }
    },
  }
}

/**
 * Probabilities of the next token from vLLM: of each asked-for token by itself, so the provenance is `exact`. Spellings
 * that take several tokens have no part in them, as no single token spells them.
 *
 * vLLM must run with its default `--logprobs-mode raw_logprobs`. `nextToken` throws `NO_LOGPROBS` where the server does not
 * know the method, `BAD_RESPONSE` where an answer has no spelling of one token, and what {@link openaiChatModel} throws.
 */
export function vllmLogprobs(options: VllmLogprobsOptions): LogprobProvider {
  checkOptions('vllmLogprobs', options, optionNames)
  const { method = 'token-ids', ...server } = options
  return vllmLogprobsOver(connect(server), server, method)
}
