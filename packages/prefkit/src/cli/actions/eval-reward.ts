import { type DialectName, loadComparisons } from '@prefkit/datasets'
import type { ScoreOptions } from '@prefkit/reward-models'
import { embedWithCache } from '../../reward/embed-with-cache'
import { evaluateReward, type RewardEvaluation, requireFeatures } from '../../reward/evaluate-reward'
import { openModel } from '../../reward/open-model'
import { noComparisons } from '../../reward/read-comparisons'
import { writeAtomic } from '../../runs/write-atomic'
import { announceBackend } from '../announce-backend'
import { describeEvaluation } from '../describe-evaluation'
import { describeReading } from '../describe-reading'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'

/** Options of `prefkit reward eval`. */
export interface EvalOptions extends Required<Pick<ScoreOptions, 'combine' | 'penalty'>> {
  readonly model: string
  readonly report?: string
  readonly dialect?: DialectName
  readonly texts?: string
  readonly skipBad: boolean
  readonly backend: NonNullable<ScoreOptions['backend']>
  readonly cache: string
  readonly quiet: boolean
  readonly json: boolean
}

/** Runs `prefkit reward eval`. */
export async function evalRewardAction(files: string[], options: EvalOptions): Promise<void> {
  const { combine, penalty, backend, dialect, texts, skipBad, json } = options
  const model = await openModel(options.model)
  const embedder = await embedWithCache(requireFeatures(model), options.cache)
  const { comparisons, report } = await loadComparisons(files, { dialect, texts, skipBad })
  if (comparisons.length === 0) throw noComparisons(files, report)
  const ran = await announceBackend(backend)
  const progress = showProgress(options.quiet || json)
  const evaluation = await interruptible((signal) =>
    evaluateReward(model, comparisons, embedder, { ...progress, combine, penalty, backend, signal }),
  ).finally(progress.stop)
  if (options.report) await writeEvaluation(options.report, evaluation, options, files, ran)
  if (json) printJson({ evaluation: evaluation.report, read: report, backend: ran, report: options.report })
  else {
    printText(
      [describeReading(report), '', describeEvaluation(evaluation.report), `scored by ${ran}`].join('\n'),
    )
    if (options.report) printText(`report: ${options.report}`)
  }
}

async function writeEvaluation(
  path: string,
  evaluation: RewardEvaluation,
  { model }: EvalOptions,
  files: readonly string[],
  backend: string,
): Promise<void> {
  const [{ renderRewardReport }, { environmentFacts, evaluationParts }] = await Promise.all([
    import('../../report/index'),
    import('../../reward/reward-report'),
  ])
  const html = renderRewardReport({
    title: 'Reward model evaluation',
    subtitle: `${model} on ${files.join(', ')}.`,
    ...evaluationParts(evaluation, { model }),
    groupName: 'source',
    environment: {
      facts: environmentFacts(backend),
      commands: [`prefkit reward eval --model ${model} --report ${path} ${files.join(' ')}`],
    },
  })
  await writeAtomic(path, html)
}
