import { PrefkitError } from '../../../prefkit-error'
import type { RunConfig } from '../config/run-config'
import { readComparisonFiles } from '../data/comparison-file'
import type { Stage } from '../driver/stage'
import { openEmbeddings } from './reward-models/embeddings'
import type { OpenRewardTraining, RewardModelSettings } from './reward-models/opening'
import { openPairwise } from './reward-models/pairwise'
import { openScalar } from './reward-models/scalar'

type Kind = RewardModelSettings['kind']

const openers: { readonly [Own in Kind]: OpenRewardTraining<Own> } = {
  scalar: openScalar,
  pairwise: openPairwise,
  embeddings: openEmbeddings,
}

/** A reward model that learns from the run's comparisons. */
export const rewardModelStage = (config: RunConfig, settings: RewardModelSettings): Stage => ({
  name: 'reward_model',
  async open(context) {
    const from = context.results.get('comparisons')
    if (!from)
      throw new PrefkitError('INVALID_CONFIG', 'rewardModel: expected comparisons before it, got none')
    const comparisons = await readComparisonFiles(from.path)
    // The table has for each kind the opener of its own.
    const open = openers[settings.kind] as OpenRewardTraining<Kind>
    return open(config, settings, context, comparisons)
  },
})
