import type { EmbedderSpec } from '../embedders/embedder-spec'
import type { FeaturePart } from './feature-parts'

/**
 * How the features of a response are made of text: all that is needed to score new text with a saved model.
 * `describeFeatures` makes it, `openFeatureEmbedder` gives the embedder back.
 */
export interface FeatureSpec {
  /** Embeds prompts and responses. */
  readonly embedder: EmbedderSpec
  /** Id of the embedder that made the training features. */
  readonly embedderId: string
  /** What is taken of the two vectors and the text, side by side. */
  readonly parts: readonly FeaturePart[]
  /** Names of the surface features in training; present when the part `surface` is used. */
  readonly surface?: readonly string[]
}
