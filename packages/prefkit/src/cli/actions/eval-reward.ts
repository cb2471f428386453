import type { DialectName, LabelCoding } from '@prefkit/datasets'
import type { ScoreOptions } from '@prefkit/reward-models'
import { embedForModel } from '../../reward/embed-with-cache'
import { evaluateReward, type RewardEvaluation } from '../../reward/evaluate-reward'
import { openModel } from '../../reward/open-model'
import { loadFiles } from '../../reward/read-comparisons'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { announceRunner } from '../announce-backend'
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
  readonly labels?: LabelCoding
  readonly skipBad: boolean
  readonly backend: NonNullable<ScoreOptions['backend']>
  readonly cache: string
  readonly quiet: boolean
  readonly json: boolean
}

/** Runs `prefkit reward eval`. */
export async function evalRewardAction(files: string[], options: EvalOptions): Promise<void> {
  const { combine, penalty, backend, dialect, texts, labels, skipBad, json } = options
  if (options.report) await requireWritableFile(options.report)
  const model = await openModel(options.model)
  const embedder = await embedForModel(model, options.cache)
  const ran = await announceRunner(model.options, backend)
  const progress = showProgress(options.quiet || json)
  const { report, evaluation } = await interruptible('nothing was written', async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    const { comparisons, report } = await loadFiles(files, { dialect, texts, labels, skipBad }, work)
    const scoring = { combine, penalty, backend }
    return { report, evaluation: await evaluateReward(model, comparisons, embedder, { ...work, ...scoring }) }
  }).finally(progress.stop)
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
  const [{ renderRewardReport }, { baselineModel, environmentFacts, evaluationParts, lengthBaselineOf }] =
    await Promise.all([import('../../report/index'), import('../../reward/reward-report')])
  const parts = evaluationParts(evaluation, { model })
  const html = renderRewardReport({
    title: 'Reward model evaluation',
    subtitle: `${model} on ${files.join(', ')}.`,
    ...parts,
    models: [...parts.models, baselineModel(lengthBaselineOf(evaluation.comparisons))],
    groupName: 'source',
    environment: { facts: environmentFacts(backend), commands: [shellCommand()] },
  })
  await writeAtomic(path, html)
}
