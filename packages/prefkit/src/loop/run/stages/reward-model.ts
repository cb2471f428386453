import { PrefkitError } from '../../../prefkit-error'
import type { RunConfig } from '../config/run-config'
import { type RunComparisons, readComparisonFiles } from '../data/comparison-file'
import type { OpenedStage, Stage, StageContext } from '../driver/stage'
import { noBetterThanChance } from './beyond-chance'
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

/** Warns at the end of a reward model that cannot be told from a coin, before anything is chosen or learnt by it. */
function toldWhereChance(
  opened: OpenedStage,
  { heldOut }: RunComparisons,
  { onWarning }: StageContext,
): OpenedStage {
  let last: number | undefined
  return {
    ...opened,
    async *steps(resume) {
      for await (const step of opened.steps(resume)) {
        last = step.metrics.eval_accuracy ?? last
        yield step
      }
    },
    async finish() {
      const summary = await opened.finish()
      const accuracy = summary.eval_accuracy ?? last
      const told = typeof accuracy === 'number' ? noBetterThanChance(accuracy, heldOut.length) : undefined
      if (told !== undefined) onWarning?.(told)
      return summary
    },
  }
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
    return toldWhereChance(await open(config, settings, context, comparisons), comparisons, context)
  },
})
