import { stepSizes } from '../../../../lm/step-sizes'
import { PrefkitError } from '../../../../prefkit-error'
import { onlinePreferences } from '../../../algorithms/online-preferences'
import { preferences } from '../../../algorithms/preferences'
import { preferenceLossOf } from '../../../choices/preference-losses'
import { readComparisonFiles } from '../../data/comparison-file'
import { type MakeAlgorithm, onlineOptions, type PolicySettings } from './making'

/** Learns from the run's comparisons themselves. */
export const makePreferences: MakeAlgorithm<Extract<PolicySettings, { algorithm: 'preferences' }>> = async ({
  settings,
  config,
  context,
  policy,
}) => {
  const from = context.results.get('comparisons')
  if (!from)
    throw new PrefkitError('INVALID_CONFIG', 'policy: preferences needs comparisons before it, got none')
  const { train, heldOut } = await readComparisonFiles(from.path)
  const { epochs, batchSize, loss } = settings
  const steps = Math.ceil((epochs * train.length) / batchSize)
  const options = {
    ...{ policy, data: train, heldOut, steps, batchSize, seed: config.seed, loss: preferenceLossOf(loss) },
    learningRate: stepSizes(settings, steps),
  }
  return (resume) => preferences({ ...options, resume })
}

/** Draws responses, and learns from the best and the worst. */
export const makeOnlinePreferences: MakeAlgorithm<
  Extract<PolicySettings, { algorithm: 'online-preferences' }>
> = async (making) => {
  const loss = preferenceLossOf(making.settings.loss)
  return (resume) => onlinePreferences({ ...onlineOptions(making, resume), loss })
}
