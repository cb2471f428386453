import { stepSizes } from '../../../../lm/step-sizes'
import { PrefkitError } from '../../../../prefkit-error'
import { onlinePreferences } from '../../../algorithms/online-preferences'
import { preferences } from '../../../algorithms/preferences'
import { preferenceLossOf } from '../../../choices/preference-losses'
import { readComparisonFiles } from '../../data/comparison-file'
import { hardLabels } from '../../data/hard-labels'
import { type MakeAlgorithm, onlineOptions, type PolicySettings } from './making'

/** Learns from the run's comparisons themselves. */
export const makePreferences: MakeAlgorithm<Extract<PolicySettings, { algorithm: 'preferences' }>> = async ({
  settings,
  config,
  context,
  policy,
  onNote,
}) => {
  const from = context.results.get('comparisons')
  if (!from)
    throw new PrefkitError('INVALID_CONFIG', 'policy: preferences needs comparisons before it, got none')
  const { epochs, batchSize, loss, minPreference } = settings
  const { train, heldOut } = await readComparisonFiles(from.path)
  const { pairs: data, hardened, unsure } = hardLabels(train, minPreference)
  if (data.length === 0) {
    const got = `none of the ${train.length} that are not held out`
    const problem = `preferences learns from comparisons whose preference is at least ${minPreference}: got ${got}`
    throw new PrefkitError('INVALID_CONFIG', `policy: ${problem}`)
  }
  if (hardened + unsure > 0) {
    const told = `${hardened} preferences are below 1, and are learnt from as 1, as ${loss.name} has no soft labels`
    const left = `${unsure} below ${minPreference}, or of a half, are left out`
    context.onWarning?.(`policy: ${told}; ${left} (policy.minPreference)`)
  }
  onNote({ pairs: data.length, hardened, unsure })
  const steps = Math.ceil((epochs * data.length) / batchSize)
  const options = {
    ...{ policy, data, heldOut: hardLabels(heldOut, minPreference).pairs, steps, batchSize },
    ...{ seed: config.seed, loss: preferenceLossOf(loss), signal: context.signal },
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
