import type { PromptMessage } from '@prefkit/rubrics'
import type { CallOptions } from './chat-model'
import type { Usage } from './usage'

/**
 * Where probabilities of the next token come from. `exact`: the whole vocabulary, or each asked-for token by itself;
 * `top-k`: the most likely tokens only, so what is not among them is bounded, not known; `sampled`: counts of sampled
 * answers.
 */
export type LogprobProvenance = 'exact' | 'top-k' | 'sampled'

/** A question about the next token after a prompt. */
export interface NextTokenRequest {
  readonly messages: readonly PromptMessage[]
  /** Spellings of the next token, by the answer that they mean. */
  readonly answers: Readonly<Record<string, readonly string[]>>
}

/** How probable each answer is as the next token. */
export interface NextTokenAnswer {
  readonly provenance: LogprobProvenance
  /**
   * Natural logarithm of the probability of all spellings of each answer together; −Infinity where none was seen. They
   * need not add up to 1: other tokens have the rest.
   */
  readonly logprobs: Readonly<Record<string, number>>
  /**
   * Upper bound of the probability that each answer may have beyond `logprobs`, in [0, 1]: spellings that are not
   * among the top k. 0 where `exact`; absent where `sampled`.
   */
  readonly unseen?: Readonly<Record<string, number>>
  /** How many samples were drawn, where `sampled`. */
  readonly samples?: number
  readonly usage: Usage
}

/** What tells probabilities of the next token: a server whose capabilities were probed, or a local model. */
export interface LogprobProvider {
  /** Names the provider in reports. */
  readonly name: string
  /** What tells its answers from those of others, in cache keys: plain JSON, and no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
  readonly nextToken: (request: NextTokenRequest, options?: CallOptions) => Promise<NextTokenAnswer>
}
