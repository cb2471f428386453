import { closers, releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { withAnchors } from '../data/anchor-file'
import { fewHeldOut, nothingHeldOut } from '../data/nothing-held-out'
import { promptsOfRun } from '../data/read-prompts'
import type { Stage, StageSummary } from '../driver/stage'
import { evaluatePolicy } from '../evaluation/evaluate-policy'
import { withEvaluation } from '../evaluation/with-evaluation'
import { trainedPath } from '../models/model-source'
import { evaluationOf } from './evaluation-of'
import { makeGroups } from './policies/groups'
import type { MadeAlgorithm, MakeAlgorithm, Making, PolicySettings } from './policies/making'
import { makeNashMd, makeXpo } from './policies/opposed'
import { makePpo } from './policies/ppo'
import { makeOnlinePreferences, makePreferences } from './policies/preferences'
import { openRewards } from './rewards/open-rewards'
import { runScope } from './rewards/run-scope'
import { openStagePolicy } from './stage-policy'

/** Makes the algorithm that is named: all that are not here compare responses within groups. */
const makers: Readonly<Record<string, MakeAlgorithm<never>>> = {
  ppo: makePpo,
  preferences: makePreferences,
  'online-preferences': makeOnlinePreferences,
  xpo: makeXpo,
  'nash-md': makeNashMd,
}

const make = (making: Making<PolicySettings>): Promise<MadeAlgorithm> => {
  // Each has the settings of its name.
  const own = (makers[making.settings.algorithm] ?? makeGroups) as MakeAlgorithm<PolicySettings>
  return own(making)
}

/** The policy, which learns by the algorithm that is named. */
export const policyStage = (config: RunConfig, settings: NonNullable<RunConfig['policy']>): Stage => ({
  name: 'policy',
  async open(context) {
    const { trainee, policy, release } = await openStagePolicy(config, context)
    const scope = runScope(config, context)
    const { add: onClose, close } = closers(release, scope.close)
    return releasedOnError({ release: close }, async () => {
      const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
      const read = await promptsOfRun(config, reader)
      const unevaluated = nothingHeldOut(config, read) ?? fewHeldOut(config, read.heldOut.length)
      if (unevaluated !== undefined) context.onWarning?.(unevaluated)
      const prompts = await withAnchors(read.train, context.results)
      const heldOut = await withAnchors(read.heldOut, context.results)
      const rewards = 'rewards' in settings ? await openRewards(settings.rewards, scope) : []
      const evaluation = await evaluationOf(config, heldOut, rewards, scope)
      const notes: StageSummary[] = []
      const onNote = (note: StageSummary): void => void notes.push(note)
      const parts = { settings, config, context, trainee, policy, prompts, rewards, scope, onClose, onNote }
      const algorithm = await make(parts)
      return {
        steps: (resume) =>
          evaluation
            ? withEvaluation(algorithm(resume), config.evaluation.everySteps, () =>
                evaluatePolicy(policy, { ...evaluation, signal: context.signal }),
              )
            : algorithm(resume),
        async finish() {
          await policy.save(trainedPath(context.path))
          const { base } = trainee
          const { tooLong, alsoHeldOut } = read
          const used = { prompts: prompts.length, tooLong, alsoHeldOut }
          return { base, algorithm: settings.algorithm, ...used, ...Object.assign({}, ...notes) }
        },
        release: close,
      }
    })
  },
})
