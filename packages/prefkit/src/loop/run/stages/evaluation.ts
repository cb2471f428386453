import type { AlgorithmState } from '../../algorithms/algorithm'
import { closers, releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { withAnchors } from '../data/anchor-file'
import { promptsOfRun } from '../data/read-prompts'
import type { OpenedStage, Stage, StageContext, StageStep, StageSummary } from '../driver/stage'
import { evaluatePolicy, type PolicyEvaluated } from '../evaluation/evaluate-policy'
import { type ModelSource, startSource, trainedSource } from '../models/model-source'
import { evaluationOf } from './evaluation-of'
import { openRewards } from './rewards/open-rewards'
import { runScope } from './rewards/run-scope'
import { openStagePolicy, type StagePolicy } from './stage-policy'

type Policy = NonNullable<RunConfig['policy']>

/** What is evaluated, in the order of the steps. */
const times = ['before', 'after'] as const

/** What is evaluated, with the model that it began as where that is another. */
interface Compared {
  readonly source: ModelSource
  readonly reference?: ModelSource
}

/** Evaluates a model of the run on its held-out prompts: undefined where there are none. */
async function evaluated(
  config: RunConfig,
  settings: Policy,
  context: StageContext,
  { source, reference }: Compared,
): Promise<PolicyEvaluated | undefined> {
  const { add, close } = closers()
  const open = async (from: ModelSource): Promise<StagePolicy> => {
    const opened = await openStagePolicy(config, context, { source: from })
    add(opened.release)
    return opened
  }
  const result = await releasedOnError({ release: close }, async () => {
    const { trainee, policy } = await open(source)
    const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
    const heldOut = await withAnchors((await promptsOfRun(config, reader)).heldOut, context.results)
    const scope = runScope(config, context)
    add(scope.close)
    const rewards = 'rewards' in settings ? await openRewards(settings.rewards, scope) : []
    const evaluation = await evaluationOf(config, heldOut, rewards, scope)
    if (!evaluation) return undefined
    const before = reference && (await open(reference))
    return await evaluatePolicy(
      policy,
      { ...evaluation, signal: context.signal },
      before && ((data, options) => before.policy.forward(data, options)),
    )
  })
  await close()
  return result
}

/** The numbers that matter at the end. */
const summed = (name: string): boolean =>
  /^eval_(reward|kl|rewards\/.*\/mean|completions\/mean_length)$/.test(name)

/**
 * The policy before and after, on the same held-out prompts with the same random numbers: the first step is of what it began as, the
 * second of what it came to.
 */
export const evaluationStage = (config: RunConfig, settings: Policy): Stage => ({
  name: 'evaluation',
  async open(context): Promise<OpenedStage> {
    const start = startSource(config, context.results)
    const compared: readonly Compared[] = [
      { source: start },
      { source: trainedSource(context.results.get('policy')!), reference: start },
    ]
    let summary: StageSummary = {}
    async function* steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> {
      // What state() of such a stage gave.
      summary = (resume?.data as StageSummary | undefined) ?? {}
      for (let step = resume?.step ?? 0; step < times.length; step++) {
        const begun = performance.now()
        const result = await evaluated(config, settings, context, compared[step]!)
        if (!result) return
        const { metrics, rollouts } = result
        const seconds = { evaluate: (performance.now() - begun) / 1000 }
        const told = Object.entries(metrics).filter(([name]) => summed(name))
        summary = {
          ...summary,
          ...Object.fromEntries(told.map(([name, value]) => [`${times[step]}/${name}`, value])),
        }
        const data = summary
        yield {
          ...{ step: step + 1, totalSteps: times.length, metrics, seconds, heldOut: rollouts },
          state: async () => ({ step: step + 1, trainings: {}, data }),
        }
      }
    }
    return { steps, finish: async () => summary, release: async () => {} }
  },
})
