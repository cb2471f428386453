import type { Embedder } from '../embedders/embedder'
import type { EmbedderSpec } from '../embedders/embedder-spec'
import { type FeaturePart, partRules } from './feature-parts'
import type { FeatureSpec } from './feature-spec'
import { surfaceFeatureNames } from './surface-features'

/**
 * How features are made, with what tells later whether they are still made so: what a model trained on them keeps as
 * its `features`.
 * @param spec what `embedder` was made from; an embedder with a cache has the id of the one inside.
 * @throws RewardModelError `INVALID_OPTION` for parts that do not exist.
 */
export function describeFeatures(
  spec: EmbedderSpec,
  embedder: Embedder,
  parts: readonly FeaturePart[],
): FeatureSpec {
  partRules(parts)
  const surface = parts.includes('surface') && { surface: surfaceFeatureNames }
  return { embedder: spec, embedderId: embedder.id, parts, ...surface }
}
