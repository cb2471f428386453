import { compileExpression } from '@prefkit/expressions'
import { comparisonsOf } from '@prefkit/noise'
import { resolveOptions } from '@prefkit/reward-models'
import { createEmbedder } from '@prefkit/reward-models/embedders'
import { resolveBackend, tensor } from '@prefkit/tensor'
import { annotatorModel } from '../../../noise/annotator-model'
import { embedderOfName } from '../../../reward/embedder-names'
import { monitorSettings } from '../../monitors/monitor-settings'
import type { RunConfig } from '../config/run-config'
import { requireDialect } from '../data/human-pairs'
import { embeddingOptions } from '../models/embedding-options'
import { requireJudgeForm } from '../models/judge-form'
import { scalarLossOf } from '../stages/reward-models/scalar'
import { problemsOfJudge } from './judge-problems'
import { type Check, type Problem, problemOf } from './problem'

/** One pair, of which the first response is better. */
const pair = comparisonsOf(
  { scores: [1, 0], lengths: [1, 2] },
  { first: Int32Array.of(0), second: Int32Array.of(1) },
)

const ofComparisons: Check<RunConfig> = ({ comparisons, seed }) => {
  if (comparisons?.source === 'human') {
    return problemOf(['comparisons', 'dialect'], () => requireDialect(comparisons.dialect))
  }
  if (comparisons?.source === 'judged') {
    return problemsOfJudge(comparisons, ['comparisons'])
  }
  if (!comparisons) return []
  return problemOf(['comparisons', 'annotator'], () => annotatorModel(comparisons.annotator, pair, { seed }))
}

const ofRewardModel: Check<RunConfig> = async ({ rewardModel, seed }) => {
  if (rewardModel?.kind === 'scalar') {
    const [better, worse] = [tensor([1]), tensor([0])]
    return problemOf(['rewardModel', 'lossOptions'], () => scalarLossOf(rewardModel)(better, worse, {}))
  }
  if (rewardModel?.kind !== 'embeddings') return []
  const given = embeddingOptions(rewardModel, seed)
  return [
    // It loads nothing yet, and asks nobody: it looks for keys, and for files of folders.
    ...(await problemOf(['rewardModel', 'embedder'], () =>
      createEmbedder(embedderOfName(rewardModel.embedder)),
    )),
    ...(await problemOf(['rewardModel', 'options'], () => resolveOptions(given))),
  ]
}

const ofJudge: Check<RunConfig> = async ({ judge }) => {
  if (!judge) return []
  const { f, sft, template } = judge
  const problem =
    'a judge that gives reasons learns their form from transcripts: expected files, got none; or take template: short'
  const lacking: Problem[] =
    sft && !sft.files && template === 'reasoned' ? [{ path: ['judge', 'sft'], problem }] : []
  return [
    ...lacking,
    ...(await problemOf(['judge'], () => requireJudgeForm(judge))),
    ...(f === undefined ? [] : await problemOf(['judge', 'f'], () => compileExpression(f, 'delta'))),
  ]
}

const ofMonitors: Check<RunConfig> = ({ monitors }) =>
  typeof monitors === 'boolean' ? [] : problemOf(['monitors'], () => monitorSettings(monitors))

const ofBackend: Check<RunConfig> = ({ backend }) => problemOf(['backend'], () => resolveBackend(backend))

/** What the stages before the policy would refuse. */
export const sectionProblems: readonly Check<RunConfig>[] = [
  ...[ofBackend, ofComparisons, ofRewardModel, ofJudge, ofMonitors],
]
