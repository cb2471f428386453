import type { FinishReason } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'

/** What a server tells of a response. */
export interface ServerAnswer {
  readonly text: string
  readonly finishReason: FinishReason
  /** ln p of each token, as the server tells it. */
  readonly logProbs: readonly number[]
  /** Whether it says itself that these are of what the tokens were drawn from, after temperature and filters. */
  readonly processed: boolean
  /** Its tokens, where the server tells them. */
  readonly ids?: readonly number[]
  /** Its tokens as the server writes them, where it does. */
  readonly pieces?: readonly string[]
  /** How many tokens the server counted, where it does. */
  readonly count?: number
}

/** A part of an answer, in a message. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** @throws PrefkitError `BAD_ROLLOUT`, always. */
export function refuseAnswer(server: string, problem: string): never {
  throw new PrefkitError('BAD_ROLLOUT', `rollouts: ${server}: ${problem}`)
}

/** What stands at a path of an answer; undefined where the path ends before. */
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value)

/** What of a list is all of a kind; undefined where it is no list, or not all is. */
const allOf = <Kind>(value: unknown, is: (each: unknown) => each is Kind): Kind[] | undefined =>
  Array.isArray(value) && value.every(is) ? value : undefined

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown): value is string => typeof value === 'string'

/** Servers write a number such as −9999 for a probability of 0, which no token has that was drawn. */
const isLogProb = (value: unknown): value is number =>
  typeof value === 'number' && value > -9000 && value <= 1e-3

const isProbability = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value <= 1.001

const finishReasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', eos: 'stop', length: 'length' }

function finishOf(server: string, reason: unknown): FinishReason {
  const known =
    typeof reason === 'string' && Object.hasOwn(finishReasons, reason) ? finishReasons[reason] : undefined
  return known ?? refuseAnswer(server, `a response ended with ${shown(reason)}; expected stop or length`)
}

/** vLLM's way to write ids in place of texts. */
const idOfPiece = (piece: string): number => Number(/^token_id:(\d+)$/.exec(piece)?.[1] ?? Number.NaN)

/** Log-probabilities in one of the forms that completions have them in, with what they say of the tokens. */
type Told = Pick<ServerAnswer, 'logProbs' | 'processed' | 'ids' | 'pieces'>

/** `content[]` of `{ token, logprob, id? }`, as of chats: llama.cpp. `prob` in place of `logprob` is after all samplers. */
function fromContent(logprobs: unknown): Told | undefined {
  const content = at(logprobs, 'content')
  if (!Array.isArray(content)) return undefined
  const ids = allOf(
    content.map((token) => at(token, 'id')),
    isId,
  )
  const pieces = allOf(
    content.map((token) => at(token, 'token')),
    isText,
  )
  const more = { ...(ids && { ids }), ...(pieces && { pieces }) }
  const probs = allOf(
    content.map((token) => at(token, 'prob')),
    isProbability,
  )
  if (probs && content.length > 0) return { logProbs: probs.map(Math.log), processed: true, ...more }
  const logProbs = allOf(
    content.map((token) => at(token, 'logprob')),
    isLogProb,
  )
  return logProbs && { logProbs, processed: false, ...more }
}

/** `tokens[]` and `token_logprobs[]`, as of OpenAI's completions: vLLM and most others. */
function fromLists(logprobs: unknown): Told | undefined {
  const logProbs = allOf(at(logprobs, 'token_logprobs'), isLogProb)
  if (!logProbs) return undefined
  const pieces = allOf(at(logprobs, 'tokens'), isText)
  const ids = allOf((pieces ?? []).map(idOfPiece), isId)
  const more = ids && pieces && ids.length === logProbs.length ? { ids } : { ...(pieces && { pieces }) }
  return { logProbs, processed: false, ...more }
}

/** The answer of `/v1/completions` to one prompt. @throws PrefkitError `BAD_ROLLOUT` for what it lacks. */
export function readCompletion(server: string, answer: unknown): ServerAnswer {
  const choice = at(answer, 'choices', 0)
  const text = at(choice, 'text')
  if (typeof text !== 'string') {
    return refuseAnswer(server, `choices[0].text is ${shown(text)}; expected a text: are these completions?`)
  }
  const logprobs = at(choice, 'logprobs')
  const told = fromContent(logprobs) ?? fromLists(logprobs)
  if (!told) {
    const problem = `choices[0].logprobs is ${shown(logprobs)}; expected the log-probability of each token`
    return refuseAnswer(server, `${problem}: this server cannot draw responses to learn from`)
  }
  const ids = allOf(at(choice, 'token_ids'), isId)
  const count = at(answer, 'usage', 'completion_tokens')
  return {
    ...told,
    ...{ text, finishReason: finishOf(server, at(choice, 'finish_reason')) },
    ...(ids && { ids }),
    ...(isId(count) && { count }),
  }
}

/** The answer of SGLang's `/generate` to one prompt. @throws PrefkitError `BAD_ROLLOUT` for what it lacks. */
export function readGenerate(server: string, answer: unknown): ServerAnswer {
  const text = at(answer, 'text')
  if (typeof text !== 'string') return refuseAnswer(server, `text is ${shown(text)}; expected a text`)
  // Rows are [logprob, id, text or null].
  const rows = at(answer, 'meta_info', 'output_token_logprobs')
  const list = Array.isArray(rows) ? rows : []
  const logProbs = allOf(
    list.map((row) => at(row, 0)),
    isLogProb,
  )
  const ids = allOf(
    list.map((row) => at(row, 1)),
    isId,
  )
  if (!Array.isArray(rows) || !logProbs || !ids) {
    const expected = 'expected [log-probability, id, text] of each token'
    return refuseAnswer(server, `meta_info.output_token_logprobs is ${shown(rows)}; ${expected}`)
  }
  const finishReason = finishOf(server, at(answer, 'meta_info', 'finish_reason', 'type'))
  return { text, finishReason, logProbs, ids, processed: false }
}
