import { contextLength } from '@prefkit/lm'
import { stepSizes } from '../../../../lm/step-sizes'
import { type PpoOptions, ppo } from '../../../algorithms/ppo'
import { promptAlone, valueWithAnchor } from '../../../algorithms/ppo-critic-prompts'
import { policyLossOf } from '../../../choices/policy-losses'
import { pointwiseReward } from '../../../rewards/pointwise-reward'
import type { PointwiseScorer } from '../../../rewards/scorers'
import { criticOf, type OpenedCritic, openCritic } from '../../models/open-critic'
import { openRewardModel, rewardModelOf, rewardModelSource } from '../../models/open-reward-model'
import { type MakeAlgorithm, type Making, onlineOptions, type PolicySettings } from './making'

type PpoSettings = Extract<PolicySettings, { algorithm: 'ppo' }>

/** ε of the ratio. */
const standardClip = 0.2

/** Responses over which the weight of the divergence may change by a fifth, as in TRL. */
const klHorizon = 10_000

/** The score that a critic learns from which cannot see anchors: the reward model's own, or the one that was distilled from it. */
async function criticScorer({
  config,
  context,
  scope,
  onClose,
}: Making<PpoSettings>): Promise<PointwiseScorer> {
  const distilled = context.results.get('distilled_scores')
  if (!distilled || distilled.summary.kind === 'own') return scope.pointwise()
  const model = await openRewardModel(config, distilled.path, context)
  onClose(model.release)
  // What was distilled is a score.
  return model.pointwise!
}

/** What the critic reads, and learns from. */
async function criticOptions(
  making: Making<PpoSettings>,
): Promise<Pick<PpoOptions, 'criticPrompt' | 'valueRewards'>> {
  const { settings, config, trainee } = making
  if (settings.value === 'prompt') return { criticPrompt: promptAlone }
  if (settings.value === 'anchor') {
    const maxTokens = contextLength(trainee.model.config) - config.sampling.maxNewTokens
    return { criticPrompt: valueWithAnchor({ maxTokens }) }
  }
  const scorer = await criticScorer(making)
  const score = pointwiseReward({ name: 'distilled', scorer, bound: 'sigmoid', reference: 'anchors' })
  return { criticPrompt: promptAlone, valueRewards: [score] }
}

/** Its own where nothing else is said: it logs under TRL's names alone. */
function lossOf({ loss, clipEpsilon = standardClip }: PpoSettings): Pick<PpoOptions, 'loss'> {
  if (!loss && clipEpsilon === standardClip) return {}
  return { loss: policyLossOf(loss ?? { name: 'ppoLoss', options: { clipEpsilon } }) }
}

async function criticModel({
  settings,
  config,
  context,
  trainee,
}: Making<PpoSettings>): Promise<OpenedCritic> {
  if (settings.critic === 'policy') return criticOf(trainee, config)
  return openCritic(config, await rewardModelSource(rewardModelOf(config, context.results)), context)
}

/** PPO with a critic that begins as the policy does or as the reward model, with a value head. */
export const makePpo: MakeAlgorithm<PpoSettings> = async (making) => {
  const { settings, onClose } = making
  const { steps, klTarget, clipEpsilon = standardClip, valueClipEpsilon, criticLearningRate } = settings
  const { critic, release } = await criticModel(making)
  onClose(release)
  const { epochs, minibatches, klWeight, gamma, lambda, valueWeight, whitenAdvantages } = settings
  const { whitenRewards, klEstimator, missingEosPenalty, reduction, measureKl } = settings
  const options = {
    ...(await criticOptions(making)),
    ...{ critic, epochs, minibatches, klWeight, gamma, lambda },
    ...{ valueCoefficient: valueWeight, valueClip: valueClipEpsilon ?? clipEpsilon },
    ...lossOf(settings),
    ...{ klEstimator, missingEosPenalty, reduction, measureKl },
    whitenAdvantages: whitenAdvantages ? ('trl' as const) : (false as const),
    whitenRewards: whitenRewards ? ('trl' as const) : (false as const),
    ...(criticLearningRate !== undefined && {
      criticLearningRate: stepSizes({ ...settings, learningRate: criticLearningRate }, steps),
    }),
    ...(klTarget !== undefined && {
      klController: { type: 'adaptive' as const, target: klTarget, horizon: klHorizon },
    }),
  }
  return (resume) => ppo({ ...onlineOptions(making, resume), ...options })
}
