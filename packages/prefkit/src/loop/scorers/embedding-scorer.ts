import { createScorer, featurize, type RewardModel, type ScoreOptions } from '@prefkit/reward-models'
import type { Embedder } from '@prefkit/reward-models/embedders'
import { PrefkitError } from '../../prefkit-error'
import type { PointwiseScorer } from '../rewards/scorers'

/** A scorer to be released. */
export interface EmbeddingScorer extends PointwiseScorer {
  /** Frees what was compiled. */
  release(): Promise<void>
}

/**
 * The rewards of a reward model over embeddings, Bradley–Terry or classification, such as `fitRewardModel` of
 * `@prefkit/reward-models` and `prefkit reward train` make. It reads texts, not tokens.
 * @param embedder the one that the model's features were made with.
 * @throws PrefkitError `INVALID_CONFIG` for a model that does not say how its features are made of text; what the
 *   embedder throws.
 */
export function embeddingScorer(
  model: RewardModel,
  embedder: Embedder,
  options: ScoreOptions = {},
): EmbeddingScorer {
  const { features } = model
  if (!features) {
    const message = 'embeddingScorer: model: expected one that says how its features are made of text'
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  const scorer = createScorer(model, options)
  return {
    async scores(responses, { signal } = {}) {
      if (responses.length === 0) return []
      const items = responses.map(({ prompt, response }) => ({
        prompt: prompt.text,
        response: response.text,
      }))
      const table = await featurize(items, { embedder, parts: features.parts }, { ...(signal && { signal }) })
      return Array.from(await scorer.score(table))
    },
    release: () => scorer.release(),
  }
}
