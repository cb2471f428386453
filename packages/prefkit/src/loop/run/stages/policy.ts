import type { LocalPolicy } from '@prefkit/lm'
import { stepSizes } from '../../../lm/step-sizes'
import type { Algorithm, AlgorithmOptions, AlgorithmState } from '../../algorithms/algorithm'
import { grpo } from '../../algorithms/grpo'
import {
  type PolicyGradientPreset,
  policyGradientOptions,
  policyGradientPreset,
} from '../../choices/policy-gradient-presets'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RewardFunction } from '../../rewards/reward-function'
import type { RunConfig } from '../config/run-config'
import { withAnchors } from '../data/anchor-file'
import { readPrompts } from '../data/read-prompts'
import type { Stage, StageContext } from '../driver/stage'
import { evaluatePolicy } from '../evaluation/evaluate-policy'
import { withEvaluation } from '../evaluation/with-evaluation'
import { trainedPath } from '../models/model-source'
import { evaluationOf } from './evaluation-of'
import { openRewards } from './rewards/open-rewards'
import { type RunScope, runScope } from './rewards/run-scope'
import { openStagePolicy, releasedOnError } from './stage-policy'

type Settings = NonNullable<RunConfig['policy']>
type Groups = Extract<Settings, { measureKl: boolean }>
type Online = Extract<Settings, { promptsPerStep: number }>

/** What an algorithm is made from. */
interface Making<Own extends Settings> {
  readonly settings: Own
  readonly config: RunConfig
  readonly context: StageContext
  readonly policy: LocalPolicy
  readonly prompts: readonly LoopPrompt[]
  readonly rewards: readonly RewardFunction[]
  readonly scope: RunScope
  readonly onClose: (close: () => Promise<void>) => void
}

/** An algorithm, from its beginning or from a state. */
type Made = (resume: AlgorithmState | undefined) => Algorithm

type Make<Own extends Settings> = (making: Making<Own>) => Promise<Made>

/** What all algorithms that draw responses are told. */
const onlineOptions = <Own extends Online>({
  settings,
  config: { seed, sampling },
  policy,
  prompts,
  rewards,
}: Making<Own>) => {
  const { steps, promptsPerStep, samplesPerPrompt } = settings
  const learningRate: AlgorithmOptions['learningRate'] = stepSizes(settings, steps)
  return { policy, prompts, rewards, steps, promptsPerStep, samplesPerPrompt, sampling, seed, learningRate }
}

/** Policy gradients over groups: the method's own choices, and what is chosen otherwise. */
const makeGroups: Make<Groups> = async (making) => {
  const { algorithm, epochs, minibatches, measureKl, ...given } = making.settings
  const { advantages, loss, reduction, klWeight, klIn } = given
  const changes = { advantages, loss, reduction, klWeight, klIn }
  const method = algorithm === 'custom' ? 'grpo' : algorithm
  // Names are checked where they are looked up.
  const preset = policyGradientPreset(method, changes as Partial<PolicyGradientPreset>)
  const choices = policyGradientOptions(preset)
  const options = {
    ...onlineOptions(making),
    ...choices,
    epochs,
    minibatches,
    measureKl,
    correction: given.correction,
  }
  return (resume) => grpo({ ...options, resume })
}

/** The policy, which learns by the algorithm that is named. */
export const policyStage = (config: RunConfig, settings: Settings): Stage => ({
  name: 'policy',
  async open(context) {
    const { trainee, policy, release } = await openStagePolicy(config, context)
    const scope = runScope(config, context)
    const closers: (() => Promise<void>)[] = [release, () => scope.close()]
    const releaseAll = async (): Promise<void> => {
      for (const close of closers.splice(0).toReversed()) await close()
    }
    return releasedOnError({ release: releaseAll }, async () => {
      const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
      const read = await readPrompts(config, reader)
      const prompts = await withAnchors(read.train, context.results)
      const heldOut = await withAnchors(read.heldOut, context.results)
      const rewards = 'rewards' in settings ? await openRewards(settings.rewards, scope) : []
      const evaluation = await evaluationOf(config, heldOut, rewards, scope)
      const onClose = (close: () => Promise<void>): void => void closers.push(close)
      const made = await makeGroups({
        ...{ settings: settings as Groups, config, context, policy, prompts, rewards, scope, onClose },
      })
      return {
        steps: (resume) =>
          evaluation
            ? withEvaluation(made(resume), config.evaluation.everySteps, () =>
                evaluatePolicy(policy, evaluation),
              )
            : made(resume),
        async finish() {
          await policy.save(trainedPath(context.path))
          return {
            base: trainee.base,
            algorithm: settings.algorithm,
            prompts: prompts.length,
            tooLong: read.tooLong,
          }
        },
        release: releaseAll,
      }
    })
  },
})
