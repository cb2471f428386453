/** A response to a prompt. */
export interface LoopResponse {
  readonly text: string
  /** As the policy writes it, with the token that ended it. */
  readonly tokens: readonly number[]
}

/** A response that others are to beat: the ground truth y* of pairwise PPO. */
export type Anchor = LoopResponse

/** A prompt that a policy continues. */
export interface LoopPrompt {
  /** Tells it from the others. */
  readonly id: string
  /** As people, judges and reward functions read it. */
  readonly text: string
  /** As the policy reads it, with its chat template where it has one. */
  readonly tokens: readonly number[]
  /** What responses are to beat, for rewards that compare. */
  readonly anchors?: readonly Anchor[]
  /** Further columns of its row, such as the answer that a verifiable reward looks for. */
  readonly fields?: Readonly<Record<string, unknown>>
}
