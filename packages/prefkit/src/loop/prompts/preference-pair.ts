import type { LoopPrompt, LoopResponse } from './prompt'

/** Two responses to a prompt, of which one was preferred. */
export interface PreferencePair {
  readonly prompt: LoopPrompt
  readonly chosen: LoopResponse
  readonly rejected: LoopResponse
  /**
   * Probability in [0, 1] that `chosen` is the better one, such as a share of votes. All pairs of a training may have
   * one; where any has, the others' is 1. Default: 1.
   */
  readonly preference?: number
}
