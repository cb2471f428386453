import { dirname } from 'node:path'
import { PrefkitError } from '../../../../prefkit-error'
import { closers } from '../../closers'
import { withoutLines } from '../../config/located-by'
import type { RunConfig } from '../../config/run-config'
import type { StageContext } from '../../driver/stage'
import { openRewardModel, rewardModelOf } from '../../models/open-reward-model'
import { judgeScope } from './judge-scope'
import type { RewardScope } from './reward-scope'

/** A scope, and what frees what was opened in it. */
export interface RunScope extends RewardScope {
  readonly close: () => Promise<void>
}

/** Does something the first time it is asked. */
function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** What rewards of a stage are made of. */
export function runScope(config: RunConfig, context: StageContext): RunScope {
  const { add: onClose, close } = closers()
  const model = once(async () => {
    const opened = await openRewardModel(config, rewardModelOf(config, context.results), context)
    onClose(opened.release)
    return opened
  })
  const { path, signal, onWarning, placeOf = withoutLines(config, '').placeOf } = context
  // Of a stage: runs/<id>/stages/<name>.
  const run = dirname(dirname(path))
  return {
    placeOf,
    ...judgeScope({ run, seed: config.seed, onClose, signal, ...(onWarning && { onNotice: onWarning }) }),
    pairwise: async () => (await model()).pairwise,
    pointwise: async () => {
      const { pointwise, kind } = await model()
      if (pointwise) return pointwise
      const problem = `score needs a reward model of single responses, got one of kind ${kind}`
      throw new PrefkitError('INVALID_CONFIG', `rewards: ${problem}`)
    },
    async trainedJudge({ path = context.results.get('judge')?.path, rollouts }) {
      if (path === undefined) {
        const problem = 'expected a section judge, or a path, got neither'
        throw new PrefkitError('INVALID_CONFIG', `rewards: trainedJudge: ${problem}`)
      }
      const { pointwise, kind, release } = await openRewardModel(config, path, {
        ...{ signal: context.signal, judgements: rollouts },
      })
      onClose(release)
      if (pointwise) return pointwise
      const problem = `${path}: expected a judge of single responses, got a reward model of kind ${kind}`
      throw new PrefkitError('INVALID_CONFIG', `rewards: trainedJudge: ${problem}`)
    },
    close,
  }
}
