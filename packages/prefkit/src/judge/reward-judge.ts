import { resolve } from 'node:path'
import { rewardModelJudge, type ScoringJudge } from '@prefkit/judges'
import { createScorer, featurize, questionOf } from '@prefkit/reward-models'
import { embedForModel } from '../reward/embed-with-cache'
import { requireFeatures } from '../reward/evaluate-reward'
import { openModel } from '../reward/open-model'
import type { JudgeSurroundings } from './judge-surroundings'

/**
 * A judge of a trained reward model.
 * @param directory of the model, or of the run that trained it.
 * @throws RewardModelError for a model that cannot be read; PrefkitError `INVALID_CONFIG`, `RUN_UNFINISHED`.
 */
export async function rewardJudge(
  directory: string,
  { embeddings, onClose }: Pick<JudgeSurroundings, 'embeddings' | 'onClose'>,
): Promise<ScoringJudge> {
  const model = await openModel(directory)
  const { parts } = requireFeatures(model)
  const embedder = await embedForModel(model, embeddings)
  const scorer = createScorer(model)
  onClose(() => scorer.release())
  return rewardModelJudge(
    async (prompt, responses, { signal } = {}) => {
      const question = questionOf({ prompt })
      const items = responses.map((response) => ({ prompt: question, response }))
      return scorer.score(await featurize(items, { embedder, parts }, { ...(signal && { signal }) }))
    },
    { name: directory, identity: { directory: resolve(directory), embedder: embedder.id } },
  )
}
