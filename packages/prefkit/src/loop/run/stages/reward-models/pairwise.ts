import { contextLength } from '@prefkit/lm'
import { pairwiseRewardModel } from '../../../algorithms/pairwise-reward-model'
import { trainedPath } from '../../models/model-source'
import { templateOf } from '../../models/pairwise-template'
import { writeNote } from '../../models/reward-model-note'
import { openStagePolicy } from '../stage-policy'
import { beginning, type OpenRewardTraining, passesOf } from './opening'

/** A language model that is asked which of two responses is better (2504.04950). */
export const openPairwise: OpenRewardTraining<'pairwise'> = async (
  config,
  settings,
  context,
  comparisons,
) => {
  const source = beginning(config, settings, context)
  const lora = settings.lora ?? config.model.lora
  const { trainee, policy, release } = await openStagePolicy(config, context, { source, lora })
  const { base, encoding } = trainee
  const { rule = null, template, consistencyWeight, distance, swap } = settings
  const form = { template, rule }
  const asked = templateOf(encoding, form, contextLength(trainee.model.config))
  const shortened = comparisons.train.filter(({ prompt, chosen, rejected }) =>
    asked.shortens({ prompt, first: chosen, second: rejected }),
  ).length
  const options = {
    ...passesOf(settings, comparisons, config),
    ...{ model: policy, template: asked, consistencyWeight, distance, swap, signal: context.signal },
  }
  return {
    steps: (resume) => pairwiseRewardModel({ ...options, resume }),
    async finish() {
      await policy.save(trainedPath(context.path))
      await writeNote(context.path, { kind: 'pairwise', base, lora: lora ?? null, ...form })
      return { kind: 'pairwise', base, pairs: comparisons.train.length, shortened }
    },
    release,
  }
}
