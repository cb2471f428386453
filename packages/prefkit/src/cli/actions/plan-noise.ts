import type { Command } from 'commander'
import type { DesignName, UtilityName } from '../../noise/design-names'
import { type PlanConfig, parsePlanConfig } from '../../noise/plan-config'
import { type PlanRun, planLabels, resumePlan } from '../../noise/run-plan'
import { PrefkitError } from '../../prefkit-error'
import { writeAtomic } from '../../runs/write-atomic'
import { type AnnotatorOptions, annotatorConfigOf } from '../annotator-config'
import { describePlan } from '../describe-plan'
import { interruptible } from '../interruptible'
import { planCommand } from '../plan-command'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseSettings } from '../refuse-settings'
import { newRunPath } from '../run-path'

/** Options of `prefkit noise plan`. */
export interface PlanOptions extends AnnotatorOptions {
  readonly columns: Record<string, string>
  readonly prompts?: number
  readonly responses: number
  readonly utilities: UtilityName
  readonly between: number
  readonly features: number
  readonly designs: DesignName[]
  readonly errorRates: number[]
  readonly budgets: number[]
  readonly repeats: number
  readonly annotators: number
  readonly targetAccuracy: number
  readonly alpha: number
  readonly out?: string
  readonly resume?: string
  readonly seed: number
  readonly quiet: boolean
  readonly json: boolean
}

/** Options that say how to run, not what to plan: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'quiet', 'json'])

function configOf(files: readonly string[], options: PlanOptions): PlanConfig {
  const { columns, responses, utilities, between, features, designs, errorRates, budgets } = options
  const { repeats, annotators, targetAccuracy, alpha, seed } = options
  const value = {
    files,
    columns,
    population: { responses, utilities, between, features },
    prompts: options.prompts,
    designs,
    errorRates,
    budgets,
    repeats,
    annotator: annotatorConfigOf(options),
    annotators,
    alpha,
    targetAccuracy,
    seed,
  }
  return parsePlanConfig(value, 'command line')
}

/** Runs `prefkit noise plan`. */
export async function planNoiseAction(
  files: string[],
  options: PlanOptions,
  command: Command,
): Promise<void> {
  const { resume, json } = options
  const progress = showProgress(options.quiet || json)
  const result = await interruptible('nothing was written', async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    if (resume === undefined)
      return planLabels(configOf(files, options), options.out ?? newRunPath('plan'), work)
    refuseSettings(command, runningOptions)
    if (files.length > 0)
      throw new PrefkitError('INVALID_CONFIG', 'files cannot be given with --resume, which has its own')
    return resumePlan(resume, work)
  }).finally(progress.stop)
  const { planReport } = await import('../../noise/plan-report')
  await writeAtomic(result.run.reportPath, planReport(result, planCommand(result.config)))
  if (json) printJson(summaryOf(result))
  else printText(describePlan(result))
}

const summaryOf = ({ run, config, curves, population }: PlanRun) => ({
  run: run.path,
  report: run.reportPath,
  metrics: run.metricsPath,
  targetAccuracy: config.targetAccuracy,
  population,
  curves,
})
