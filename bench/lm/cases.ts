/** What is done with SmolLM2, in the order of the table. */
export interface LmCase {
  readonly name: string
  readonly kind: 'lora' | 'prefill' | 'generation'
  readonly sequences: number
  /** Of each sequence, before what is generated. */
  readonly tokens: number
  /** Tokens that are generated of each sequence. */
  readonly newTokens?: number
  /** Least ratios, by peer. */
  readonly targets: Readonly<Record<string, number>>
}

const generation = (sequences: number): LmCase => ({
  name: `generate-${sequences}`,
  kind: 'generation',
  sequences,
  tokens: 32,
  newTokens: 64,
  targets: { transformers: 1, 'llama.cpp-f32': 0.5, 'llama.cpp-f16': 0.5 },
})

export const lmCases: readonly LmCase[] = [
  { name: 'lora-4x128', kind: 'lora', sequences: 4, tokens: 128, targets: { transformers: 1 } },
  { name: 'prefill-1x512', kind: 'prefill', sequences: 1, tokens: 512, targets: { transformers: 1 } },
  { name: 'prefill-16x64', kind: 'prefill', sequences: 16, tokens: 64, targets: { transformers: 1 } },
  generation(1),
  generation(16),
]

/** Tokens that count as a step's: those that are generated, or else all that go through the model. */
export const tokensOf = ({ sequences, tokens, newTokens }: LmCase): number =>
  sequences * (newTokens ?? tokens)

/** What LoRA changes, and by how much; AdamW's settings are PyTorch's own but for the learning rate. */
export const lora = {
  rank: 8,
  alpha: 16,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  learningRate: 1e-3,
  weightDecay: 0.01,
} as const

/** What a peer is asked to prepare. */
export interface LmRequest extends Pick<LmCase, 'name' | 'kind' | 'newTokens'> {
  readonly threads: number
  /** A directory of Hugging Face, or a GGUF for llama.cpp. */
  readonly model: string
  /** Token ids, of one length all. */
  readonly sequences: readonly (readonly number[])[]
  /** Of the tokens of a sequence, those before the completion, which has the loss. */
  readonly promptTokens: number
  /** A directory with an adapter in PEFT's layout. */
  readonly adapter: string
  readonly learningRate: number
  readonly weightDecay: number
}
