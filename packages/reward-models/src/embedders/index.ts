export { openFeatureEmbedder } from '../features/open-feature-embedder'
export { type CachedEmbedderOptions, cachedEmbedder } from './cached-embedder'
export { createEmbedder, type EmbedderSecrets, embedderKinds } from './create-embedder'
export type { Embedder, EmbedOptions, EmbedRetry } from './embedder'
export type { EmbedderKind, EmbedderOptionsByKind, EmbedderSpec, PrecomputedFiles } from './embedder-spec'
export {
  defaultHashedNgramsOptions,
  type HashedNgramsOptions,
  hashedNgrams,
  type NgramSizes,
} from './hashed-ngrams'
export {
  type OpenAIEmbeddingsOptions,
  type OpenAIEmbeddingsSettings,
  openAIEmbeddings,
} from './openai-embeddings'
export { precomputed } from './precomputed'
export { type ReadVectorsOptions, readVectors } from './read-vectors'
export {
  defaultSentenceEncoderOptions,
  type SentenceEncoderOptions,
  sentenceEncoder,
} from './sentence-encoder'
export { type TransformersEmbedderOptions, transformersEmbedder } from './transformers-embedder'
