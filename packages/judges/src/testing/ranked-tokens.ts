import type { Scripted } from './script'
import type { Vocabulary } from './vocabulary'

/** One token of the vocabulary after a prompt. */
export interface RankedToken {
  readonly id: number
  readonly token: string
  readonly probability: number
}

/** Every token with its probability, the likeliest first: what the script says, the rest spread evenly. */
export function rankedTokens({ next = {} }: Scripted, vocabulary: Vocabulary): RankedToken[] {
  const said = new Map(Object.entries(next).map(([token, p]) => [vocabulary.idOf(token), p]))
  const rest = 1 - [...said.values()].reduce((sum, p) => sum + p, 0)
  const others = vocabulary.words.length - said.size
  return vocabulary.words
    .map((token, id) => ({ id, token, probability: said.get(id) ?? Math.max(rest, 0) / others }))
    .sort((a, b) => b.probability - a.probability || a.id - b.id)
}

const bytes = (token: string) => [...new TextEncoder().encode(token)]

/** The tokens as OpenAI's `top_logprobs`; llama.cpp has ids too. */
export const chatLogprobs = (tokens: readonly RankedToken[], withIds: boolean) =>
  tokens.map(({ id, token, probability }) => ({
    ...(withIds ? { id } : {}),
    token,
    // vLLM and OpenAI write −9999 where a probability is 0.
    logprob: Math.max(Math.log(probability), -9999),
    bytes: bytes(token),
  }))
