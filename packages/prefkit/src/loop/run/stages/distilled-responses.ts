import { policyRollouts } from '../../rollouts/policy-rollouts'
import { releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { type DrawnResponse, writeResponses } from '../data/response-file'
import { promptsOfDrawing } from '../data/seen-prompts'
import type { OpenedStage, Stage, StageContext } from '../driver/stage'
import { rewardModelOf, scoresAlone } from '../models/open-reward-model'
import { streamSeed } from '../stream-seed'
import { drawResponses } from './draw-responses'
import { nothingToDo } from './nothing-to-do'
import { readAskedPrompts } from './read-asked-prompts'
import { openStagePolicy } from './stage-policy'

/** Responses to each prompt of the policy that the scores are learnt from. */
export const distilledPerPrompt = 4

/** Responses to the prompts that the policy will see, and to those that it is evaluated on. */
async function openDrawing(config: RunConfig, context: StageContext): Promise<OpenedStage> {
  const { sampling } = config
  const { trainee, policy, release } = await openStagePolicy(config, context)
  return releasedOnError({ release }, async () => {
    const prompts = await readAskedPrompts(config, trainee, context)
    let responses: readonly DrawnResponse[] = []
    const drawing = {
      ...{
        source: policyRollouts(policy),
        prompts,
        promptsPerStep: promptsOfDrawing,
        responsesPerPrompt: distilledPerPrompt,
        sampling,
      },
      ...{ seed: streamSeed(config, 'distilled_responses'), signal: context.signal },
      onResponses: (now: readonly DrawnResponse[]) => {
        responses = now
      },
    }
    return {
      steps: (resume) => drawResponses({ ...drawing, resume }),
      async finish() {
        await writeResponses(context.path, responses)
        return { prompts: prompts.length, responses: responses.length }
      },
      release,
    }
  })
}

/** What scores of single responses are distilled from: nothing where the reward model has scores itself. */
export const distilledResponsesStage = (config: RunConfig): Stage => ({
  name: 'distilled_responses',
  async open(context) {
    const hasScores = await scoresAlone(rewardModelOf(config, context.results))
    return hasScores ? nothingToDo({ kind: 'own' }) : openDrawing(config, context)
  },
})
