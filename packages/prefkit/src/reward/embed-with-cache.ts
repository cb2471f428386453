import type { RewardModel } from '@prefkit/reward-models'
import {
  cachedEmbedder,
  createEmbedder,
  type Embedder,
  type EmbedderSpec,
  openFeatureEmbedder,
} from '@prefkit/reward-models/embedders'
import { requireFeatures } from './evaluate-reward'

/** Kinds whose vectors cost less to make again than to read from a disk. */
const cheap: ReadonlySet<EmbedderSpec['kind']> = new Set(['hashedNgrams', 'precomputed'])

const withCache = (embedder: Embedder, { kind }: EmbedderSpec, directory: string): Embedder =>
  cheap.has(kind) ? embedder : cachedEmbedder(embedder, { directory })

/**
 * The embedder of a description, with its vectors kept in a folder where making them takes long.
 * @throws RewardModelError `INVALID_OPTION` for a description that makes no sense.
 */
export const embedWithCache = async (spec: EmbedderSpec, cacheDirectory: string): Promise<Embedder> =>
  withCache(await createEmbedder(spec), spec, cacheDirectory)

/**
 * The embedder that a saved model was trained with, with its vectors kept as above.
 * @throws RewardModelError `EMBEDDER_CHANGED` when it gives other vectors now; PrefkitError `INVALID_CONFIG` when the
 *   model does not say how its features are made of text.
 */
export async function embedForModel(model: RewardModel, cacheDirectory: string): Promise<Embedder> {
  const features = requireFeatures(model)
  return withCache(await openFeatureEmbedder(features), features.embedder, cacheDirectory)
}
