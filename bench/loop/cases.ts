/** An iteration of training by reinforcement, in the order of the table. */
export interface LoopCase {
  readonly name: 'grpo' | 'ppo'
  /** β of the divergence from the reference: in the loss of GRPO, in the rewards of PPO. */
  readonly klCoefficient: number
}

export const loopCases: readonly LoopCase[] = [
  { name: 'grpo', klCoefficient: 0.04 },
  { name: 'ppo', klCoefficient: 0.05 },
]

/** Responses of each prompt, their tokens, the rows that are learnt from at once, and the step size. */
export const settings = { samples: 4, newTokens: 64, rowsAtOnce: 8, learningRate: 1e-5 } as const

/** The change that policy and critic learn: of all linear maps. */
export const loopLora = {
  rank: 16,
  alpha: 32,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
} as const

export const loopPrompts = [
  'The old teacher walked to the quiet library in the morning. He wanted to',
  'Write a short story about a cat who lives near the sea and loves',
  'My neighbour dreamed of a small harbour every winter. One day she',
  'Explain in simple words why the sky is blue and why the sunset is',
  'A tired farmer looked for the famous museum after the storm, but',
  'The captain drew a map of an old mountain village. On the map there',
  'List three good reasons for reading a book before going to sleep:',
  'Her sister wrote about the only railway station in the country, where',
] as const

/** What a peer is asked to prepare. */
export interface LoopRequest extends Pick<LoopCase, 'klCoefficient'> {
  readonly kind: LoopCase['name']
  readonly threads: number
  /** A directory of Hugging Face. */
  readonly model: string
  /** A directory with an adapter in PEFT's layout, with which policy and critic begin. */
  readonly adapter: string
  /** A directory with TRL's wheels. */
  readonly wheels: string
  readonly prompts: readonly string[]
  readonly samples: number
  readonly newTokens: number
  /** Rows that are learnt from, or asked about, at once. */
  readonly rowsAtOnce: number
  /** Whether a peer computes activations again in the backward pass, so as not to keep them. */
  readonly checkpointing: boolean
  readonly learningRate: number
  /** Of the value head, all of whose weights begin as this. */
  readonly headWeight: number
  /** Where what each step drew, and what came of it, is written: a list of {@link LoopRecord}s. */
  readonly record: string
  /** A record whose responses the first step is to take in place of its own. */
  readonly replay?: string
}

/** What a step drew, and what came of it. */
export interface LoopRecord {
  /** Token ids of prompts, one for each response, and of responses. */
  readonly prompts: readonly (readonly number[])[]
  readonly completions: readonly (readonly number[])[]
  /** Where a model told rewards. */
  readonly scores?: readonly number[]
  readonly loss: number
  /** Of what the optimiser got, before it was clipped. */
  readonly gradNorm: number
  /** Seconds that drawing the responses took. */
  readonly generate: number
}
