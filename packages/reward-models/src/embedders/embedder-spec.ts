import type { HashedNgramsOptions } from './hashed-ngrams'
import type { OpenAIEmbeddingsSettings } from './openai-embeddings'
import type { ReadVectorsOptions } from './read-vectors'
import type { SentenceEncoderOptions } from './sentence-encoder'
import type { TransformersEmbedderOptions } from './transformers-embedder'

/** Files of vectors that were computed elsewhere. */
export interface PrecomputedFiles extends ReadVectorsOptions {
  /** A `.npy` or `.safetensors` file, as `readVectors` takes it. */
  vectors: string
  /** A JSON Lines file, plain or gzip, with the text of each row: a string, or an object whose field `text` is one. */
  texts: string
}

/** What describes an embedder, by kind: its options, as JSON. */
export interface EmbedderOptionsByKind {
  /** As `hashedNgrams` takes them. */
  hashedNgrams: Partial<HashedNgramsOptions>
  /** As `sentenceEncoder` takes them. */
  sentenceEncoder: Partial<SentenceEncoderOptions>
  /** As `openAIEmbeddings` takes them, but for the key. */
  openai: OpenAIEmbeddingsSettings
  /** As `transformersEmbedder` takes them. */
  transformers: TransformersEmbedderOptions
  /** Two files. */
  precomputed: PrecomputedFiles
}

/** Name of a kind of embedder. */
export type EmbedderKind = keyof EmbedderOptionsByKind

/**
 * An embedder as JSON, without any secret: what a saved model holds, so that new texts are embedded as the ones that it
 * was trained on.
 */
export type EmbedderSpec = {
  [Kind in EmbedderKind]: { readonly kind: Kind } & Readonly<EmbedderOptionsByKind[Kind]>
}[EmbedderKind]
