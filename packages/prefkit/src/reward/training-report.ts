import { promptKey } from '@prefkit/datasets'
import type { RewardReportData } from '../report/report-data'
import { modelName } from './model-words'
import {
  baselineModel,
  environmentFacts,
  evaluationParts,
  learningCurves,
  lengthBaselineOf,
} from './reward-report'
import type { RewardRun } from './train-reward'

/** How a report says that it was made. */
export interface ReportOrigin {
  /** What ran it, and why. */
  readonly backend: string
  /** The command that makes it again. */
  readonly command: string
}

/** What the report of a training shows. */
export function trainingReport(
  { config, data, evaluation, records, trainingSeconds }: RewardRun,
  { backend, command }: ReportOrigin,
): RewardReportData {
  const { model, data: source } = config
  const name = modelName(model)
  const parts = evaluation && evaluationParts(evaluation, { model: name, trainingSeconds })
  return {
    title: 'Reward model',
    subtitle: `Trained on ${data.train.length.toLocaleString('en')} comparisons of ${source.files.join(', ')}.`,
    datasets: [
      {
        name: source.files.join(', '),
        pairs: data.train.length + data.test.length,
        groups: new Set([...data.train, ...data.test].map(promptKey)).size,
        groupName: 'prompts',
        split: describeSplit(config.data, data),
      },
    ],
    learningCurves: learningCurves(records, { model: name, keep: model.keep }),
    ...parts,
    ...(parts && { models: [...parts.models, baselineModel(lengthBaselineOf(data.test))] }),
    groupName: 'source',
    environment: { facts: { ...environmentFacts(backend), seed: model.seed }, commands: [command] },
    config,
  }
}

function describeSplit(
  { testFiles, testFraction }: RewardRun['config']['data'],
  { train, test, sharedPrompts }: RewardRun['data'],
): string {
  const sizes = `${train.length} to learn from, ${test.length} to test on`
  if (testFiles.length === 0)
    return `${sizes}: ${100 * testFraction} % of the prompts were kept for the test.`
  const shared = sharedPrompts > 0 ? ` ${sharedPrompts} of its prompts are in the training data too.` : ''
  return `${sizes}, from ${testFiles.join(', ')}.${shared}`
}
