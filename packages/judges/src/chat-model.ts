import type { PromptMessage } from '@prefkit/rubrics'
import type { Usage } from './usage'

/** What accompanies a call: how to stop it. */
export interface CallOptions {
  /** Ends the call with the signal's reason. Default: none. */
  readonly signal?: AbortSignal
}

/** A request for one completion. */
export interface ChatRequest {
  readonly messages: readonly PromptMessage[]
  /** 0 or more. Default: the model's own. */
  readonly temperature?: number
  /** In (0, 1]. */
  readonly topP?: number
  readonly maxTokens?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  /**
   * Which of several samples of the same request this is, from 0: requests that differ in it alone are asked anew and
   * cached apart. It is not sent.
   */
  readonly sample?: number
}

/** A completion. */
export interface ChatCompletion {
  readonly text: string
  /** Why the text ends, such as `stop` or `length`, as the server says it. */
  readonly finishReason: string
  readonly usage: Usage
}

/** A chat model: a server, a local model, or a wrapper around another, such as a cache. */
export interface ChatModel {
  /** Names the model in reports. */
  readonly name: string
  /** What tells its answers from those of other models, in cache keys: plain JSON, and no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
  readonly complete: (request: ChatRequest, options?: CallOptions) => Promise<ChatCompletion>
}
