import type { AlgorithmState } from '../../algorithms/algorithm'
import { bestOfN, withAnchors } from '../../algorithms/best-of-n'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import { closers, releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { writeAnchors } from '../data/anchor-file'
import { promptsOfDrawing } from '../data/seen-prompts'
import type { Stage, StageStep } from '../driver/stage'
import { openRewardModel, rewardModelOf } from '../models/open-reward-model'
import { streamSeed } from '../stream-seed'
import { readAskedPrompts } from './read-asked-prompts'
import { openStagePolicy } from './stage-policy'

/** Anchors of all prompts that the policy will see or be evaluated on: the best of n of the model that it begins as. */
export const anchorsStage = (config: RunConfig, settings: NonNullable<RunConfig['anchors']>): Stage => ({
  name: 'anchors',
  async open(context) {
    const { sampling } = config
    const { trainee, policy, release } = await openStagePolicy(config, context)
    return releasedOnError({ release }, async () => {
      const prompts = await readAskedPrompts(config, trainee, context)
      const model = await openRewardModel(config, rewardModelOf(config, context.results), context)
      const { pairwise, pointwise } = model
      const { n, perPrompt, adaptive } = settings
      const options = {
        ...{
          prompts,
          promptsPerStep: promptsOfDrawing,
          n,
          perPrompt,
          adaptive,
          sampling,
          seed: streamSeed(config, 'anchors'),
        },
        ...{ rollouts: policyRollouts(policy), scorer: pointwise ? { pointwise } : { pairwise } },
        signal: context.signal,
      }
      let reached: () => Promise<AlgorithmState>
      async function* steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> {
        // There is a prompt, and so a step: made before, or now.
        reached = async () => resume!
        for await (const step of bestOfN({ ...options, resume })) {
          reached = () => step.state()
          yield step
        }
      }
      return {
        steps,
        async finish() {
          await writeAnchors(context.path, withAnchors(prompts, await reached()))
          return { prompts: prompts.length, n, perPrompt }
        },
        release: closers(release, model.release).close,
      }
    })
  },
})
