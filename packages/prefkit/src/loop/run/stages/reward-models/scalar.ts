import { bradleyTerryLoss, classificationLoss, hingeLoss, thurstoneLoss } from '@prefkit/losses'
import { type RewardPairLoss, scalarRewardModel } from '../../../algorithms/scalar-reward-model'
import { trainedPath } from '../../models/model-source'
import { writeNote } from '../../models/reward-model-note'
import { openStagePolicy } from '../stage-policy'
import { beginning, type OpenRewardTraining, passesOf, type RewardModelOf } from './opening'

type LossOptions = Readonly<Record<string, unknown>>

/** Options are handed on as they are written: the losses check them. */
const losses: Readonly<Record<RewardModelOf<'scalar'>['loss'], (options: LossOptions) => RewardPairLoss>> = {
  bradleyTerryLoss: (options) => (chosen, rejected, labels) =>
    bradleyTerryLoss(chosen, rejected, { ...options, ...labels }),
  classificationLoss: (options) => (chosen, rejected, labels) =>
    classificationLoss(chosen, rejected, { ...options, ...labels }),
  hingeLoss: (options) => (chosen, rejected) => hingeLoss(chosen, rejected, options),
  thurstoneLoss: (options) => (chosen, rejected, labels) =>
    thurstoneLoss(chosen, rejected, { ...options, ...labels }),
}

/** The loss of pairs, with its options; it checks them when it is first asked. */
export const scalarLossOf = ({
  loss,
  lossOptions,
}: Pick<RewardModelOf<'scalar'>, 'loss' | 'lossOptions'>): RewardPairLoss => losses[loss](lossOptions)

/** A scalar head on a language model. */
export const openScalar: OpenRewardTraining<'scalar'> = async (config, settings, context, comparisons) => {
  const source = beginning(config, settings, context)
  const lora = settings.lora ?? config.model.lora
  const { trainee, policy, release } = await openStagePolicy(config, context, {
    source,
    lora,
    head: 'reward',
  })
  const { base } = trainee
  const options = {
    ...passesOf(settings, comparisons, config),
    ...{ model: policy, loss: scalarLossOf(settings), signal: context.signal },
  }
  return {
    steps: (resume) => scalarRewardModel({ ...options, resume }),
    async finish() {
      await policy.save(trainedPath(context.path))
      await writeNote(context.path, { kind: 'scalar', base, lora: lora ?? null })
      return { kind: 'scalar', base, pairs: comparisons.train.length }
    },
    release,
  }
}
