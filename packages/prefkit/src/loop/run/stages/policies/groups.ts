import { grpo } from '../../../algorithms/grpo'
import {
  type PolicyGradientChoice,
  type PolicyGradientPreset,
  policyGradientOptions,
  policyGradientPreset,
} from '../../../choices/policy-gradient-presets'
import { type MakeAlgorithm, onlineOptions, type PolicySettings } from './making'

/** Those of an algorithm that compares the responses to a prompt with each other. */
export type GroupSettings = Extract<PolicySettings, { maskTruncated: boolean }>

/**
 * The method's own choices, and what is chosen otherwise; `custom` is GRPO without a penalty, to be changed.
 * @throws what {@link policyGradientOptions} throws.
 */
export function groupChoices(settings: GroupSettings): PolicyGradientChoice {
  const { algorithm, advantages, loss, reduction, klWeight, klIn, klCorrection, dynamicSampling } = settings
  const isCustom = algorithm === 'custom'
  const changes = {
    ...{ advantages, loss, reduction, klIn, klCorrection },
    klWeight: klWeight ?? (isCustom ? 0 : undefined),
    dynamicSampling,
  }
  // Names are checked where they are looked up.
  return policyGradientOptions(
    policyGradientPreset(isCustom ? 'grpo' : algorithm, changes as Partial<PolicyGradientPreset>),
  )
}

/** Policy gradients over groups. */
export const makeGroups: MakeAlgorithm<GroupSettings> = async (making) => {
  const { epochs, minibatches, measureKl, maskTruncated } = making.settings
  const choices = groupChoices(making.settings)
  const how = { epochs, minibatches, measureKl, maskTruncated }
  return (resume) => grpo({ ...onlineOptions(making, resume), ...choices, ...how })
}
