import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RewardModel } from '@prefkit/reward-models'
import { loadRewardModel } from '@prefkit/reward-models/files'

/**
 * Loads a model from its directory, or from the run that trained it.
 * @throws RewardModelError `INVALID_MODEL`, `NEWER_VERSION`.
 */
export async function openModel(directory: string): Promise<RewardModel> {
  const inRun = join(directory, 'model')
  const isRun = await stat(join(inRun, 'model.json')).then(
    () => true,
    () => false,
  )
  return loadRewardModel(isRun ? inRun : directory)
}
