import { grpo } from '../../../algorithms/grpo'
import {
  type PolicyGradientPreset,
  policyGradientOptions,
  policyGradientPreset,
} from '../../../choices/policy-gradient-presets'
import { type MakeAlgorithm, onlineOptions, type PolicySettings } from './making'

/** Policy gradients over groups: the method's own choices, and what is chosen otherwise. */
export const makeGroups: MakeAlgorithm<Extract<PolicySettings, { measureKl: boolean }>> = async (making) => {
  const { algorithm, epochs, minibatches, measureKl, ...given } = making.settings
  const { advantages, loss, reduction, klWeight, klIn } = given
  const changes = { advantages, loss, reduction, klWeight, klIn }
  const method = algorithm === 'custom' ? 'grpo' : algorithm
  // Names are checked where they are looked up.
  const preset = policyGradientPreset(method, changes as Partial<PolicyGradientPreset>)
  const choices = policyGradientOptions(preset)
  return (resume) => grpo({ ...onlineOptions(making, resume), ...choices, epochs, minibatches, measureKl })
}
