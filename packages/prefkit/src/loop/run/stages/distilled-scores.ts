import { stepSizes } from '../../../lm/step-sizes'
import { distilScores } from '../../algorithms/distil-scores'
import type { LoopPrompt } from '../../prompts/prompt'
import { closers, releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { withAnchors } from '../data/anchor-file'
import { readPrompts } from '../data/read-prompts'
import { readResponses } from '../data/response-file'
import type { OpenedStage, Stage, StageContext } from '../driver/stage'
import { trainedPath } from '../models/model-source'
import {
  type OpenedRewardModel,
  openRewardModel,
  rewardModelOf,
  scoresAlone,
} from '../models/open-reward-model'
import { writeNote } from '../models/reward-model-note'
import { nothingToDo } from './nothing-to-do'
import { openStagePolicy } from './stage-policy'

/** As of a reward model of its own. */
const standard = {
  epochs: 1,
  batchSize: 16,
  learningRate: 1e-4,
  schedule: 'constant',
  warmupRatio: 0,
} as const

type PairwiseSettings = Extract<NonNullable<RunConfig['rewardModel']>, { kind: 'pairwise' }>

/** How a pairwise reward model learns is how its scores do. */
export const distillingPasses = ({
  rewardModel,
}: RunConfig): Pick<PairwiseSettings, keyof typeof standard> =>
  rewardModel?.kind === 'pairwise' ? rewardModel : standard

/** Trains the scores, with a judge that stays open meanwhile. */
async function openDistillation(
  config: RunConfig,
  context: StageContext,
  judge: OpenedRewardModel,
): Promise<OpenedStage> {
  const lora = config.model.lora
  const { trainee, policy, release } = await openStagePolicy(config, context, { head: 'reward' })
  return releasedOnError({ release }, async () => {
    const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
    const { train, heldOut } = await readPrompts(config, reader)
    // The stage before it has drawn them.
    const { path } = context.results.get('distilled_responses')!
    const responsesTo = async (prompts: readonly LoopPrompt[]) =>
      readResponses(path, await withAnchors(prompts, context.results))
    const [responses, evaluation] = [await responsesTo(train), await responsesTo(heldOut)]
    const { epochs, batchSize, ...rates } = distillingPasses(config)
    const pairs = responses.reduce((sum, { prompt }) => sum + (prompt.anchors?.length ?? 0), 0)
    const steps = Math.ceil((epochs * pairs) / batchSize)
    const options = {
      ...{ model: policy, judge: judge.pairwise, responses, evaluation, epochs, batchSize, steps },
      ...{ learningRate: stepSizes(rates, steps), seed: config.seed, signal: context.signal },
    }
    return {
      steps: (resume) => distilScores({ ...options, resume }),
      async finish() {
        const { base } = trainee
        await policy.save(trainedPath(context.path))
        await writeNote(context.path, { kind: 'scalar', base, lora: lora ?? null })
        return { kind: 'distilled', base, pairs }
      },
      release,
    }
  })
}

/** Scores of single responses out of a pairwise reward model, for a critic that cannot see anchors: none where it has scores itself. */
export const distilledScoresStage = (config: RunConfig): Stage => ({
  name: 'distilled_scores',
  async open(context) {
    const directory = rewardModelOf(config, context.results)
    if (await scoresAlone(directory)) return nothingToDo({ kind: 'own' })
    const judge = await openRewardModel(config, directory, context)
    return releasedOnError(judge, async () => {
      const opened = await openDistillation(config, context, judge)
      return { ...opened, release: closers(judge.release, opened.release).close }
    })
  },
})
