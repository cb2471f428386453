import { stepSizes } from '../../../lm/step-sizes'
import { type AnchoredResponse, distilScores } from '../../algorithms/distil-scores'
import type { LoopPrompt } from '../../prompts/prompt'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import type { RolloutSource } from '../../rollouts/rollout'
import type { RunConfig } from '../config/run-config'
import { withAnchors } from '../data/anchor-file'
import { readPrompts } from '../data/read-prompts'
import { seenPrompts } from '../data/seen-prompts'
import type { OpenedStage, Stage, StageContext } from '../driver/stage'
import { trainedPath } from '../models/model-source'
import { type OpenedRewardModel, openRewardModel, rewardModelOf } from '../models/open-reward-model'
import { writeNote } from '../models/reward-model-note'
import { openStagePolicy, releasedOnError } from './stage-policy'

/** Responses to each prompt of the policy that the scores are learnt from. */
const responsesPerPrompt = 4

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
const passesOf = ({ rewardModel }: RunConfig): Pick<PairwiseSettings, keyof typeof standard> =>
  rewardModel?.kind === 'pairwise' ? rewardModel : standard

async function responsesTo(
  prompts: readonly LoopPrompt[],
  source: RolloutSource,
  { sampling, seed }: RunConfig,
): Promise<AnchoredResponse[]> {
  if (prompts.length === 0) return []
  return source.draw({ prompts, n: responsesPerPrompt, sampling, seed })
}

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
    const read = await readPrompts(config, reader)
    const heldOut = read.heldOut.slice(0, config.evaluation.prompts)
    const source = policyRollouts(policy)
    const seen = seenPrompts(config, read.train)
    const responses = await responsesTo(await withAnchors(seen, context.results), source, config)
    const evaluation = await responsesTo(await withAnchors(heldOut, context.results), source, config)
    const { epochs, batchSize, ...rates } = passesOf(config)
    const pairs = responses.reduce((sum, { prompt }) => sum + (prompt.anchors?.length ?? 0), 0)
    const steps = Math.ceil((epochs * pairs) / batchSize)
    const options = {
      ...{ model: policy, judge: judge.pairwise, responses, evaluation, epochs, batchSize, steps },
      ...{ learningRate: stepSizes(rates, steps), seed: config.seed },
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
    const judge = await openRewardModel(config, rewardModelOf(config, context.results), context)
    const { release } = judge
    return releasedOnError({ release }, async () => {
      if (judge.pointwise) return { async *steps() {}, finish: async () => ({ kind: 'own' }), release }
      const opened = await openDistillation(config, context, judge)
      return {
        ...opened,
        async release() {
          await opened.release()
          await release()
        },
      }
    })
  },
})
