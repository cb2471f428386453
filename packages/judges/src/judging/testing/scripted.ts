import { createHash } from 'node:crypto'
import {
  type ListFormat,
  type PairFormat,
  type PairItem,
  pairwiseLabelFormat,
  parseRanking,
  parseTaggedScore,
  type ScoreFormat,
} from '@prefkit/rubrics'
import type { ChatModel, ChatRequest } from '../../chat-model'
import type { LogprobProvider, NextTokenAnswer } from '../../logprob-provider'

const usage = { calls: 1, cachedCalls: 0, promptTokens: 10, completionTokens: 2 }

/** What the scripted model is shown: the texts themselves, as JSON, so that a script can go by them. */
const asJson = (shown: unknown) => [{ role: 'user' as const, content: JSON.stringify(shown) }]

/** A pair as JSON; answers are read by the parser of the real label format. */
export const pairFormat: PairFormat = {
  ...pairwiseLabelFormat(),
  name: 'pair as JSON',
  render: ({ a, b }) => asJson({ a, b }),
}

/** A response as JSON; a score from 1 to 10 in an answer tag. */
export const scoreFormat: ScoreFormat = {
  name: 'response as JSON',
  scale: { min: 1, max: 10 },
  render: ({ response }) => asJson({ response }),
  parse: (text) =>
    parseTaggedScore(text, { tag: 'answer', scale: { min: 1, max: 10 }, criteria: ['clarity', 'depth'] }),
}

/** Responses as JSON; letters from best to worst in an answer tag. */
export const listFormat: ListFormat = {
  name: 'list as JSON',
  render: ({ responses }) => asJson({ responses }),
  parse: (text, { responses }) =>
    parseRanking(text, { labels: responses.map((_, i) => 'ABCDEFGH'[i]!), tag: 'answer' }),
}

/** What a script sees of a request. */
export interface Shown {
  readonly a: string
  readonly b: string
  readonly response: string
  readonly responses: readonly string[]
}

/** A model that answers as the script says, and remembers what it was asked. */
export function scriptedModel(script: (shown: Shown, request: ChatRequest) => string) {
  const requests: ChatRequest[] = []
  const model: ChatModel = {
    name: 'scripted',
    identity: { model: 'scripted' },
    complete(request) {
      requests.push(request)
      const text = script(JSON.parse(request.messages[0]!.content) as Shown, request)
      return Promise.resolve({ text, finishReason: 'stop', usage })
    },
  }
  return { model, requests }
}

/** A provider whose answers are the script's; probabilities rather than logarithms, for legibility. */
export function scriptedProvider(
  script: (shown: Shown) => { a: number; b: number } & Partial<Omit<NextTokenAnswer, 'logprobs'>>,
): LogprobProvider {
  return {
    name: 'scripted',
    identity: { provider: 'scripted' },
    nextToken({ messages }) {
      const { a, b, ...rest } = script(JSON.parse(messages[0]!.content) as Shown)
      const logprobs = { a: Math.log(a), b: Math.log(b) }
      return Promise.resolve({ provenance: 'exact', logprobs, usage, ...rest })
    },
  }
}

/** A number in [0, 1) that the keys alone decide. */
export const chance = (...keys: readonly unknown[]): number =>
  createHash('sha256').update(JSON.stringify(keys)).digest().readUInt32BE(0) / 2 ** 32

/** A pair of responses to one prompt. */
export const pairOf = (a: string, b: string): PairItem => ({ prompt: 'Which?', a, b })
