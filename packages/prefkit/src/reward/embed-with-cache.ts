import type { FeatureSpec } from '@prefkit/reward-models'
import {
  cachedEmbedder,
  createEmbedder,
  type Embedder,
  type EmbedderSpec,
} from '@prefkit/reward-models/embedders'

/** Kinds whose vectors cost less to make again than to read from a disk. */
const cheap: ReadonlySet<EmbedderSpec['kind']> = new Set(['hashedNgrams', 'precomputed'])

/**
 * The embedder of a specification, with its vectors kept in a folder where making them takes long.
 * @throws RewardModelError `INVALID_OPTION` for a specification that makes no sense.
 */
export async function embedWithCache(
  { embedder: spec }: FeatureSpec,
  cacheDirectory: string,
): Promise<Embedder> {
  const embedder = await createEmbedder(spec)
  return cheap.has(spec.kind) ? embedder : cachedEmbedder(embedder, { directory: cacheDirectory })
}
