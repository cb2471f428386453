import { rolloutWeights } from '@prefkit/losses'
import { tensor } from '@prefkit/tensor'
import { PrefkitError } from '../../../prefkit-error'
import { requirePairedLoss } from '../../algorithms/preferences-batch'
import { learnsFromOne } from '../../choices/advantage-estimators'
import { policyLossOf } from '../../choices/policy-losses'
import { preferenceLossOf } from '../../choices/preference-losses'
import type { RolloutCorrectionOptions } from '../../rollouts/trust-rollouts'
import type { RunConfig } from '../config/run-config'
import { groupChoices } from '../stages/policies/groups'
import type { PolicySettings } from '../stages/policies/making'
import { comparesResponses } from '../stages/rewards/compares-responses'
import { type Check, type Problem, problemOf } from './problem'

type Of<Name extends string> = Extract<PolicySettings, { algorithm: Name }>

const loss = ['policy', 'loss'] as const

const ofPpo: Check<Of<'ppo'>> = async ({ loss: named, clipEpsilon }) => {
  if (!named) return []
  const problem = 'is of ppo without a loss of its own: give it as an option of the loss'
  const ignored = clipEpsilon === undefined ? [] : [{ path: ['policy', 'clipEpsilon'], problem }]
  return [...ignored, ...(await problemOf(loss, () => policyLossOf(named)))]
}

const ofPreferences: Check<Of<'preferences'>> = ({ loss: named }) =>
  problemOf(loss, () => preferenceLossOf(named)).then((found): Problem[] => {
    if (found.length > 0) return found
    const made = preferenceLossOf(named)
    const problem = `${named.name} fits margins of rewards, which comparisons do not have: take online-preferences`
    return made.of === 'pairs' && made.margins ? [{ path: loss, problem }] : []
  })

const ofOnlinePreferences: Check<Of<'online-preferences'>> = ({ loss: named }) =>
  problemOf(loss, () => requirePairedLoss('online-preferences', preferenceLossOf(named)))

/** Losses and estimators are each tried, so that both may be told of. */
const ofGroups: Check<Parameters<typeof groupChoices>[0]> = async (settings) => {
  const { advantages, loss: named } = settings
  const parts = [
    ...(advantages ? [{ path: ['policy', 'advantages'], own: { ...settings, loss: undefined } }] : []),
    ...(named ? [{ path: loss, own: { ...settings, advantages: undefined } }] : []),
  ]
  const found = await Promise.all(parts.map(({ path, own }) => problemOf(path, () => groupChoices(own))))
  if (found.flat().length > 0 || settings.samplesPerPrompt > 1) return found.flat()
  return problemOf(['policy', 'samplesPerPrompt'], () => requireSeveral(settings))
}

/** A group of one has nothing to be compared with, and the policy would only drift. */
function requireSeveral(settings: Parameters<typeof groupChoices>[0]): void {
  const { advantages } = groupChoices(settings)
  if (advantages && learnsFromOne(advantages)) return
  const problem = `expected at least 2, as ${settings.algorithm} compares the responses to a prompt with each other, got 1`
  throw new PrefkitError('INVALID_CONFIG', problem)
}

/** Probabilities are no scores, and their sum is to be one, too. */
const ofNashMd: Check<Of<'nash-md'>> = ({ rewards }) => {
  const learnt = rewards.filter(({ weight }) => weight !== 0)
  const comparing = learnt.filter(comparesResponses)
  if (comparing.length === 0) return []
  const total = comparing.reduce((sum, { weight }) => sum + weight, 0)
  if (comparing.length === learnt.length && Math.abs(total - 1) < 1e-6) return []
  const expected = 'nash-md learns from how probably a response is the better one'
  const given = `${comparing[0]!.type} says that, so all that have a weight are to, with weights that sum to 1`
  return [{ path: ['policy', 'rewards'], problem: `${expected}: ${given}` }]
}

const checks: Readonly<Record<string, Check<never>>> = {
  ppo: ofPpo,
  preferences: ofPreferences,
  'online-preferences': ofOnlinePreferences,
  'nash-md': ofNashMd,
  // Its numbers are checked where they are read.
  xpo: () => [],
}

/** A token that two engines find equally probable. */
const oneToken = () => ({ logprobs: tensor([[-1]]), rolloutLogprobs: tensor([[-1]]), mask: tensor([[1]]) })

const ofCorrection: Check<PolicySettings> = (settings) =>
  'correction' in settings
    ? // It checks what they say.
      problemOf(['policy', 'correction'], () =>
        rolloutWeights(oneToken(), settings.correction as RolloutCorrectionOptions),
      )
    : []

/** Losses and estimators that are not there, and options that they, and importance weights, refuse. */
export const policyProblems: Check<RunConfig> = async ({ policy }) => {
  if (!policy) return []
  // Each has the settings of its name.
  const check = (checks[policy.algorithm] ?? ofGroups) as Check<PolicySettings>
  return [...(await check(policy)), ...(await ofCorrection(policy))]
}
