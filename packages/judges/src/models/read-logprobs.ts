import { isObject } from '../is-object'
import type { TokenLogprob, TopTokens } from './answer-logprobs'
import { describeJson } from './read-completion'
import { wireLogprob } from './wire-logprob'

const isBytes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)

/** One entry; undefined where it is none. */
function readEntry(entry: unknown): TokenLogprob | undefined {
  const logprob = isObject(entry) ? wireLogprob(entry.logprob) : undefined
  if (!isObject(entry) || typeof entry.token !== 'string' || logprob === undefined) return undefined
  return {
    token: entry.token,
    logprob,
    ...(isBytes(entry.bytes) ? { bytes: entry.bytes } : {}),
    ...(Number.isInteger(entry.id) ? { id: entry.id as number } : {}),
  }
}

/**
 * The tokens of one position: the sampled one and the likeliest, as OpenAI's `logprobs.content[0]` and llama.cpp's
 * `completion_probabilities[0]` have them. A text that says what is wrong where it is not of that form.
 *
 * @param where - How the position is called in that text.
 */
export function readPosition(position: unknown, where: string): TopTokens | string {
  if (!isObject(position)) return `${where} is ${describeJson(position)}; expected a token with top_logprobs`
  const { top_logprobs } = position
  if (!Array.isArray(top_logprobs) || top_logprobs.length === 0) {
    return `${where}.top_logprobs is ${describeJson(top_logprobs)}; expected a list of tokens`
  }
  const tokens = top_logprobs.map(readEntry)
  const wrong = tokens.indexOf(undefined)
  if (wrong >= 0) {
    return `${where}.top_logprobs[${wrong}] is ${describeJson(top_logprobs[wrong])}; expected a token and a logprob of at most 0`
  }
  const sampled = readEntry(position)
  return { top: tokens as TokenLogprob[], ...(sampled ? { sampled } : {}) }
}

/** The tokens of a chat completion's first position, or a text that says what is wrong. */
export function readChatLogprobs(answer: unknown): TopTokens | string {
  const choices = isObject(answer) ? answer.choices : undefined
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  if (!isObject(choice)) return `choices is ${describeJson(choices)}; expected a list of at least one choice`
  const { logprobs } = choice
  if (!isObject(logprobs))
    return `choices[0].logprobs is ${describeJson(logprobs)}; expected log-probabilities`
  const { content } = logprobs
  if (!Array.isArray(content) || content.length === 0) {
    return `choices[0].logprobs.content is ${describeJson(content)}; expected a list of positions`
  }
  return readPosition(content[0], 'choices[0].logprobs.content[0]')
}
