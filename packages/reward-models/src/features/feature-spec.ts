import type { EmbedderSpec } from '../embedders/embedder-spec'
import type { FeaturePart } from './feature-parts'

/** How the features of a response are made of text: all that is needed to score new text with a saved model. */
export interface FeatureSpec {
  /** Embeds prompts and responses. */
  readonly embedder: EmbedderSpec
  /** What is taken of the two vectors and the text, side by side. */
  readonly parts: readonly FeaturePart[]
}
