import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RewardModel } from '@prefkit/reward-models'
import { loadRewardModel } from '@prefkit/reward-models/files'
import { PrefkitError } from '../prefkit-error'

/**
 * Loads a model from its directory, or from the run that trained it.
 * @throws RewardModelError `INVALID_MODEL`, `NEWER_VERSION`; PrefkitError `RUN_UNFINISHED`.
 */
export async function openModel(directory: string): Promise<RewardModel> {
  const inRun = join(directory, 'model')
  if (await exists(join(inRun, 'model.json'))) return loadRewardModel(inRun)
  if (!(await exists(join(directory, 'model.json'))) && (await exists(join(directory, 'config.json')))) {
    const message = `${directory} is a run that has not finished; go on with: prefkit reward train --resume ${directory}`
    throw new PrefkitError('RUN_UNFINISHED', message)
  }
  return loadRewardModel(directory)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
