import type { FinishReason } from '@prefkit/lm'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'

/** A response that was drawn for a prompt. */
export interface Rollout extends LoopResponse {
  readonly prompt: LoopPrompt
  /** Which of the prompt's responses it is. */
  readonly sample: number
  /** `length` where it was cut off. */
  readonly finishReason: FinishReason
  /** ln p of each token under the model that drew it. */
  readonly logProbs: Float32Array
  /** ln p of each token under what it was drawn from, after temperature and filters: the behaviour policy. */
  readonly samplingLogProbs: Float32Array
}

/** How responses are drawn. */
export interface Sampling {
  /** Tokens of a response, at most. Default: 64. */
  readonly maxNewTokens?: number
  /** Above 0. Default: 1. */
  readonly temperature?: number
  /** Draws among this many of the most probable tokens; 0 for all. Default: 0. */
  readonly topK?: number
  /** Draws among the fewest tokens whose probabilities reach this. Default: 1. */
  readonly topP?: number
  /** Strings that end a response. Default: none. */
  readonly stop?: readonly string[]
  /** Responses that a model here draws at once, at most: more are faster, and take more memory. Default: 16. */
  readonly batchSize?: number
}

/** What one call draws. */
export interface RolloutRequest {
  readonly prompts: readonly LoopPrompt[]
  /** Responses of each prompt. */
  readonly n: number
  readonly sampling: Sampling
  /** Equal seeds draw the same responses from equal weights. */
  readonly seed: number
  /**
   * How much of the policy's reference they are drawn from: 1 for the reference itself, w for the geometric mixture
   * π^(1−w)·π_ref^w. Default: 0, the policy.
   */
  readonly reference?: number
  /** True where the policy has not learnt since the source drew last: a server keeps the weights that it has. Default: false. */
  readonly sameWeights?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where responses come from. */
export interface RolloutSource {
  /**
   * True where the policy that learns draws them itself, so that their `logProbs` are its own; else the two are measured
   * against each other, and differences corrected.
   */
  readonly isPolicy: boolean
  /**
   * The responses of the first prompt first.
   * @throws PrefkitError `INVALID_CONFIG` for `reference` above 0 where there is no reference to draw from.
   */
  draw(request: RolloutRequest): Promise<Rollout[]>
}
