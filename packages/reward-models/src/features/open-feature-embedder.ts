import { isDeepStrictEqual } from 'node:util'
import { createEmbedder, type EmbedderSecrets } from '../embedders/create-embedder'
import type { Embedder } from '../embedders/embedder'
import { RewardModelError } from '../reward-model-error'
import type { FeatureSpec } from './feature-spec'
import { surfaceFeatureNames } from './surface-features'

/**
 * The embedder of a saved model's features, when it still gives the vectors that the model was trained on. What an id
 * cannot tell, such as other weights behind the same name on a server, is not seen.
 * @throws RewardModelError (as a rejection) `EMBEDDER_CHANGED` when the embedder has another id, or this release has
 *   other surface features, than those in training; as `createEmbedder`.
 */
export async function openFeatureEmbedder(
  { embedder: spec, embedderId, parts, surface }: FeatureSpec,
  secrets: EmbedderSecrets = {},
): Promise<Embedder> {
  if (parts.includes('surface') && !isDeepStrictEqual(surface, surfaceFeatureNames)) {
    const [was, is] = [surface, surfaceFeatureNames].map((names) => names?.join(', ') ?? 'unnamed')
    throw changed(
      `the model was trained on the surface features ${was}; those of this release are ${is}: train again, or install the release that trained it`,
    )
  }
  const embedder = await createEmbedder(spec, secrets)
  if (embedder.id === embedderId) return embedder
  throw changed(
    `the model was trained on vectors of ${embedderId}; the embedder ${JSON.stringify(spec)} is ${embedder.id} now: restore the file or model it was, or train again`,
  )
}

const changed = (message: string) => new RewardModelError('EMBEDDER_CHANGED', message)
