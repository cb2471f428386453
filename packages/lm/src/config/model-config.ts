import type { RopeConfig } from './rope-config'

/** What all families have. */
interface SharedConfig {
  readonly vocabSize: number
  /** Width of the residual stream. */
  readonly hiddenSize: number
  /** Width of the hidden layer of each MLP. */
  readonly intermediateSize: number
  readonly numHiddenLayers: number
  readonly numAttentionHeads: number
  /** The longest sequence, in tokens. */
  readonly maxPositionEmbeddings: number
  /** True when the output projection is the matrix of token embeddings. */
  readonly tieWordEmbeddings: boolean
  readonly bosTokenId?: number
  /** Tokens that end a text; empty when none is named. */
  readonly eosTokenIds: readonly number[]
  readonly padTokenId?: number
}

/** A decoder of Llama's kind: RMSNorm, rotary positions, grouped-query attention, a gated MLP. */
export interface LlamaConfig extends SharedConfig {
  readonly family: 'llama' | 'mistral' | 'qwen2' | 'qwen3'
  readonly hiddenAct: 'silu'
  readonly numKeyValueHeads: number
  /** Width of a head; heads × width need not be `hiddenSize`. */
  readonly headDim: number
  readonly rmsNormEps: number
  readonly rope: RopeConfig
  /** True when the projections to queries, keys and values have biases. */
  readonly qkvBias: boolean
  /** True when the projection of attention's output has a bias. */
  readonly outputBias: boolean
  readonly mlpBias: boolean
  /** True when queries and keys are normalised, head by head. */
  readonly qkNorm: boolean
  /** How many tokens back the layers of `slidingLayers` see, themselves included. */
  readonly slidingWindow?: number
  /** Whether a layer sees `slidingWindow` tokens only; empty when none does. */
  readonly slidingLayers: readonly boolean[]
}

/** GPT-2: LayerNorm, learned positions, biases everywhere. */
export interface Gpt2Config extends SharedConfig {
  readonly family: 'gpt2'
  /** GELU by tanh. */
  readonly hiddenAct: 'gelu_new'
  readonly layerNormEps: number
}

/** The shape and the variant of a decoder-only language model. */
export type ModelConfig = LlamaConfig | Gpt2Config

/** Names of the families that are read. */
export type ModelFamily = ModelConfig['family']
