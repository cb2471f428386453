import { resolve } from 'node:path'
import type { DialectName, LabelCoding } from '@prefkit/datasets'
import {
  defaultRewardModelOptions,
  defaultTreesOptions,
  type FeaturePart,
  type MlpOptions,
  type RewardModelPreset,
  type RewardModelSettings,
  rewardModelPresets,
  type TreesOptions,
} from '@prefkit/reward-models'
import type { EmbedderSpec } from '@prefkit/reward-models/embedders'
import type { BackendChoice } from '@prefkit/tensor'
import type { Command } from 'commander'
import { PrefkitError } from '../../prefkit-error'
import { embedderOfName } from '../../reward/embedder-names'
import { runnerOf } from '../../reward/model-runner'
import { passNames } from '../../reward/model-words'
import { parseRewardConfig, type RewardConfig } from '../../reward/reward-config'
import { type RewardRun, resumeReward, trainReward } from '../../reward/train-reward'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { announceRunner } from '../announce-backend'
import { describeEvaluation } from '../describe-evaluation'
import { describeReading } from '../describe-reading'
import { counted } from '../format-table'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseSettings } from '../refuse-settings'
import { newRunPath } from '../run-path'

/** Options of `prefkit reward train`; those of the model keep their names. */
export interface TrainOptions extends Partial<Omit<MlpOptions, 'kind'> & Omit<TreesOptions, 'kind'>> {
  readonly data?: string[]
  readonly test?: string[]
  readonly testFraction: number
  readonly dialect?: DialectName
  readonly texts?: string
  readonly labels?: LabelCoding
  readonly skipBad: boolean
  readonly hardLabels: boolean
  readonly out?: string
  readonly resume?: string
  readonly embedder: string
  readonly baseUrl?: string
  readonly vectors?: string
  readonly vectorTexts?: string
  readonly features: FeaturePart[]
  readonly model?: string
  readonly backend: BackendChoice
  readonly cache: string
  readonly checkpointSeconds: number
  readonly quiet: boolean
  readonly json: boolean
}

/** Options that say how to run, not what to learn: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'cache', 'checkpointSeconds', 'quiet', 'json'])

/** Runs `prefkit reward train`. */
export async function trainRewardAction(options: TrainOptions, command: Command): Promise<void> {
  const { resume, quiet, json } = options
  const progress = showProgress(quiet || json)
  const { checkpointSeconds, cache: cacheDirectory } = options
  const how = { cacheDirectory, checkpointSeconds, onProgress: progress.onProgress }
  const result = await interruptible('nothing was written', async (signal) => {
    if (resume !== undefined) {
      refuseSettings(command, runningOptions)
      return resumeReward(resume, { ...how, signal })
    }
    const config = configOf(options, (name) => command.getOptionValueSource(name) === 'cli')
    await announceRunner(config.model, config.backend)
    return trainReward(config, options.out ?? newRunPath('reward'), { ...how, signal })
  }).finally(progress.stop)
  const { model, backend: choice } = result.config
  const backend = await runnerOf(model).describe(choice)
  await writeTrainingReport(result, backend)
  if (json) printJson(summaryOf(result))
  else printText(describeRun(result, backend))
}

function configOf(options: TrainOptions, isGiven: (name: string) => boolean): RewardConfig {
  const { data, test = [], testFraction, dialect, texts, labels, skipBad, features, backend, model } = options
  if (!data) throw new PrefkitError('INVALID_CONFIG', 'expected --data <files...>, or --resume <directory>')
  const named = model === undefined ? undefined : presetOf(model)
  if (options.trees && named?.kind !== 'trees') {
    const got = model === undefined ? 'no --model' : `--model ${model}`
    throw new PrefkitError('INVALID_CONFIG', `--trees: expected --model bt-trees or clf-trees, got ${got}`)
  }
  if (named?.kind === 'trees') refuseMlpOptions(options, isGiven)
  const names = { ...defaultRewardModelOptions, ...defaultTreesOptions }
  // A preset may say otherwise than the default of --no-standardize.
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(names, name) && isGiven(name))
  return parseRewardConfig(
    {
      data: {
        files: data,
        testFiles: test,
        testFraction,
        dialect,
        texts,
        labels,
        skipBad,
        softLabels: !options.hardLabels,
      },
      features: { embedder: embedderOf(options), parts: features },
      model: { ...named, ...Object.fromEntries(given) },
      backend,
    },
    'command line',
  )
}

/** What trees have in the place of an option of MLPs. */
const ofTrees: Readonly<Record<string, string>> = { learningRate: 'learning_rate' }

/** Refuses options of MLPs, under the names that the command line has for them. */
function refuseMlpOptions(options: TrainOptions, isGiven: (name: string) => boolean): void {
  const own = Object.keys(defaultRewardModelOptions).filter(
    (name) => !Object.hasOwn(defaultTreesOptions, name),
  )
  const name = own.find(isGiven)
  if (name === undefined) return
  const value = options[name as keyof TrainOptions]
  const flag = `--${value === false ? 'no-' : ''}${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const other = ofTrees[name]
  const advice = other === undefined ? 'leave it out' : `say --trees ${other}=${value}`
  throw new PrefkitError('INVALID_CONFIG', `${flag}: is of an MLP; with --model ${options.model} ${advice}`)
}

function presetOf(name: string): RewardModelSettings {
  // Its own property, it is one of them.
  if (Object.hasOwn(rewardModelPresets, name)) return rewardModelPresets[name as RewardModelPreset]
  const expected = Object.keys(rewardModelPresets).join(', ')
  throw new PrefkitError('INVALID_CONFIG', `--model: expected one of ${expected}, got ${name}`)
}

function embedderOf({ embedder, baseUrl, vectors, vectorTexts }: TrainOptions): EmbedderSpec {
  if (vectors === undefined) return embedderOfName(embedder, baseUrl)
  if (vectorTexts !== undefined)
    return { kind: 'precomputed', vectors: resolve(vectors), texts: resolve(vectorTexts) }
  throw new PrefkitError(
    'INVALID_CONFIG',
    '--vectors: expected --vector-texts <file> with the text of each row',
  )
}

async function writeTrainingReport(result: RewardRun, backend: string): Promise<void> {
  const [{ renderRewardReport }, { trainingReport }] = await Promise.all([
    import('../../report/index'),
    import('../../reward/training-report'),
  ])
  const html = renderRewardReport(trainingReport(result, { backend, command: shellCommand() }))
  await writeAtomic(result.run.reportPath, html)
}

const summaryOf = ({ run, model, data, evaluation, records, backend }: RewardRun) => ({
  run: run.path,
  model: run.modelPath,
  report: run.reportPath,
  metrics: run.metricsPath,
  backend,
  train: data.train.length,
  test: data.test.length,
  read: data.reports,
  sharedPrompts: data.sharedPrompts,
  inputs: model.inputs,
  steps: records.length,
  evaluation: evaluation?.report ?? null,
})

/** A line for each member that stopped before its last pass. */
function describeEarlyStop(
  records: RewardRun['records'],
  { epochs, members, kind }: RewardRun['config']['model'],
): string[] {
  const last = new Map(records.map(({ member, epoch }) => [member, epoch]))
  const early = [...last].filter(([, epoch]) => epoch < epochs)
  return early.map(
    ([member, epoch]) =>
      `stopped early after ${passNames[kind]} ${epoch} of ${epochs}${members > 1 ? ` (member ${member + 1})` : ''}`,
  )
}

const describeShared = ({ sharedPrompts }: RewardRun['data']): string =>
  `warning: ${counted(sharedPrompts, 'prompt')} of the test ${sharedPrompts === 1 ? 'is' : 'are'} in the training data too`

function describeRun({ run, config, model, data, evaluation, records }: RewardRun, backend: string): string {
  const pairs = `${counted(data.train.length, 'comparison')}, ${model.inputs} features, ${counted(records.length, 'step')}`
  return [
    ...data.reports.map(describeReading),
    ...(data.sharedPrompts > 0 ? [describeShared(data)] : []),
    '',
    `trained on ${pairs}, by ${backend}`,
    ...describeEarlyStop(records, config.model),
    evaluation ? describeEvaluation(evaluation.report) : 'nothing was kept for a test',
    '',
    `model:   ${run.modelPath}`,
    `metrics: ${run.metricsPath}`,
    `report:  ${run.reportPath}`,
  ].join('\n')
}
