import { resolve } from 'node:path'
import type { BackendChoice } from '@prefkit/tensor'
import type { Command } from 'commander'
import { risingLoss } from '../../lm/rising-loss'
import type { ScheduleName } from '../../lm/step-sizes'
import { resumeSft, type SftRun, type SftWishes, trainSft } from '../../lm/train-sft'
import { PrefkitError } from '../../prefkit-error'
import { writeAtomic } from '../../runs/write-atomic'
import { shellCommand } from '../../shell-command'
import { announceBackend } from '../announce-backend'
import { counted } from '../format-table'
import { interruptible } from '../interruptible'
import { resolvedPath } from '../lm-settings'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseSettings } from '../refuse-settings'
import { newRunPath } from '../run-path'

/** Options of `prefkit lm sft`. */
export interface LmSftOptions {
  readonly data?: string[]
  readonly validation?: string[]
  readonly chat: boolean
  readonly system?: string
  readonly tokenizer?: string
  readonly chatTemplate?: string
  readonly loraRank: number
  readonly loraAlpha?: number
  readonly loraDropout: number
  readonly loraTargets: string[]
  readonly full: boolean
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate?: number
  readonly schedule: ScheduleName
  readonly warmupRatio: number
  readonly weightDecay: number
  readonly maxGradNorm: number
  readonly maxLength: number
  readonly microBatchTokens?: number
  readonly seed: number
  readonly backend: BackendChoice
  readonly checkpointSeconds: number
  readonly out?: string
  readonly resume?: string
  readonly quiet: boolean
  readonly json: boolean
}

/** Options that say how to run, not what to learn: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'checkpointSeconds', 'quiet', 'json'])

/** Step sizes that suit. */
const learningRates = { lora: 2e-4, full: 2e-5 } as const

const allLinear = 'all-linear'

/** The low-rank change that the command line asks for. */
function loraOf({ full, loraRank, loraAlpha, loraDropout, loraTargets }: LmSftOptions, command: Command) {
  if (!full) {
    const targetModules = loraTargets.includes(allLinear) ? allLinear : loraTargets
    return { rank: loraRank, alpha: loraAlpha ?? 2 * loraRank, dropout: loraDropout, targetModules } as const
  }
  const given = command.options.find(
    (option) =>
      option.long?.startsWith('--lora-') && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (!given) return undefined
  throw new PrefkitError(
    'INVALID_CONFIG',
    `${given.long} cannot be given with --full, which trains no adapter`,
  )
}

function wishesOf(model: string | undefined, options: LmSftOptions, command: Command): SftWishes {
  const { data, validation = [], chat, system, epochs, batchSize, maxLength, seed, backend } = options
  if (model === undefined || !data) {
    throw new PrefkitError(
      'INVALID_CONFIG',
      'expected <model> and --data <files...>, or --resume <directory>',
    )
  }
  const { schedule, warmupRatio, weightDecay, maxGradNorm, microBatchTokens } = options
  const lora = loraOf(options, command)
  const { learningRate = learningRates[lora ? 'lora' : 'full'] } = options
  return {
    files: [...data, ...validation],
    trainingFiles: data.length,
    model: resolve(model),
    tokenizer: resolvedPath(options.tokenizer),
    chatTemplate: resolvedPath(options.chatTemplate),
    ...{ chat, system, lora, epochs, batchSize, learningRate, weightDecay, maxGradNorm, maxLength },
    ...{ schedule, warmupRatio, microBatchTokens, seed, backend },
  }
}

function summaryOf({ run, config, records, rows, validationRows, parameters }: SftRun) {
  const last = records.at(-1)
  return {
    run: run.path,
    model: run.modelPath,
    kind: config.lora ? 'adapter' : 'model',
    metrics: run.metricsPath,
    report: run.reportPath,
    backend: config.ranOn,
    rows,
    validation_rows: validationRows,
    parameters,
    steps: records.length,
    loss: last?.loss,
    eval_loss: last?.eval_loss,
    warning: risingLoss(records),
  }
}

function describe(result: SftRun): string {
  const { run, config, records, rows, parameters } = result
  const [first, last] = [records[0]!, records.at(-1)!]
  const held = last.eval_loss === undefined ? [] : [`held out: ${last.eval_loss.toFixed(4)}`]
  return [
    `trained ${counted(parameters, 'parameter')} on ${counted(rows, 'row')}: ${counted(records.length, 'step')}, ${counted(last.num_tokens, 'token')}`,
    `loss: ${first.loss.toFixed(4)} at first, ${last.loss.toFixed(4)} at last`,
    ...held,
    ...[risingLoss(records)].flatMap((problem) => (problem === undefined ? [] : [`warning: ${problem}`])),
    '',
    `${(config.lora ? 'adapter:' : 'model:').padEnd(8)} ${run.modelPath}`,
    `metrics: ${run.metricsPath}`,
    `report:  ${run.reportPath}`,
  ].join('\n')
}

/** Runs `prefkit lm sft`. */
export async function lmSftAction(
  model: string | undefined,
  options: LmSftOptions,
  command: Command,
): Promise<void> {
  const { resume, quiet, json, checkpointSeconds } = options
  await announceBackend(options.backend)
  const progress = showProgress(quiet || json)
  const result = await interruptible('nothing was written', async (signal) => {
    const onWarning = (text: string): void => {
      // A bar that is drawn would be in the way.
      progress.stop()
      process.stderr.write(`warning: ${text}\n`)
    }
    const how = { checkpointSeconds, onProgress: progress.onProgress, onWarning, signal }
    if (resume === undefined)
      return trainSft(wishesOf(model, options, command), options.out ?? newRunPath('sft'), how)
    refuseSettings(command, runningOptions)
    if (model === undefined) return resumeSft(resume, how)
    throw new PrefkitError('INVALID_CONFIG', 'a model cannot be given with --resume, which has its own')
  }).finally(progress.stop)
  const { sftReport } = await import('../../lm/sft-report')
  await writeAtomic(result.run.reportPath, sftReport(result, shellCommand()))
  if (json) printJson(summaryOf(result))
  else printText(describe(result))
}
