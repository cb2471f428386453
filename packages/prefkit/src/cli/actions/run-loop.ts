import type { Command } from 'commander'
import { readLocatedConfig } from '../../loop/run/config/read-run-config'
import type { StageResult } from '../../loop/run/driver/stage'
import { exampleSettings } from '../../loop/run/example-settings'
import { type LoopRun, resumeLoop, runLoop } from '../../loop/run/run-loop'
import { PrefkitError } from '../../prefkit-error'
import { announceBackend } from '../announce-backend'
import { formatTable } from '../format-table'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { refuseSettings } from '../refuse-settings'
import { newRunPath } from '../run-path'
import { showRun } from '../run-progress'
import { shellCommand } from '../shell-command'
import { withRunPage } from '../with-run-page'

/** Options of `prefkit run`. */
export interface RunOptions {
  readonly set?: string[]
  readonly out?: string
  readonly resume?: string
  readonly acceptChanges: boolean
  readonly dryRun: boolean
  readonly example: boolean
  /** A section, or true for all. */
  readonly settings?: string | true
  /** Port of a live page, or true for any. */
  readonly ui?: number | true
  readonly quiet: boolean
  readonly json: boolean
}

/** Options that say how to run, not what: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'acceptChanges', 'quiet', 'json', 'ui'])

const shown = (value: StageResult['summary'][string]): string =>
  typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(4) : String(value)

/** What a stage came to, without what is only for the stages after it. */
const summaryText = ({ summary }: StageResult): string =>
  Object.entries(summary)
    .filter(([name, value]) => value !== null && name !== 'base')
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ')

/** Seconds of each stage, of a step of it, and of the parts of a step. */
export function stageTable(results: readonly StageResult[]): string {
  const parts = [...new Set(results.flatMap((result) => Object.keys(result.parts)))]
  const inAStep = (seconds: number | undefined, steps: number): string =>
    seconds === undefined || steps === 0 ? '' : `${(seconds / steps).toPrecision(3)} s`
  const rows = results.map(({ stage, steps, seconds, parts: own }) => [
    ...[stage, `${steps}`, steps === 0 ? '' : `${seconds.toFixed(1)} s`, inAStep(seconds, steps)],
    ...parts.map((part) => inAStep(own[part], steps)),
  ])
  return formatTable([['stage', 'steps', 'time', 'a step', ...parts], ...rows])
}

async function describe({ run, results }: LoopRun): Promise<string> {
  const { outcomeLinesOf } = await import('../describe-outcomes')
  const told = results
    .filter(({ stage }) => stage !== 'evaluation')
    .map((result) => [result.stage, summaryText(result)] as const)
  const width = Math.max(...told.map(([stage]) => stage.length))
  return [
    stageTable(results),
    '',
    ...told.filter(([, text]) => text !== '').map(([stage, text]) => `${stage.padEnd(width)}  ${text}`),
    ...(await outcomeLinesOf(run.path)),
    '',
    `run:     ${run.path}`,
    `metrics: ${run.metricsPath}`,
  ].join('\n')
}

/** A run for machines. */
export const resultOf = ({ run, results }: LoopRun) => ({
  run: run.path,
  metrics: run.metricsPath,
  stages: results,
})

/** Tells what can be set. */
async function settingsAction(section: string | true, json: boolean): Promise<void> {
  const name = section === true ? undefined : section
  const { sectionsOfName } = await import('../../loop/run/config/reference/setting-sections')
  const { settingsText } = await import('../../loop/run/config/reference/settings-text')
  if (json) printJson(sectionsOfName(name))
  else printText(settingsText(name))
}

/** Runs `prefkit run`. */
export async function runLoopAction(
  file: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  const {
    resume,
    acceptChanges,
    quiet,
    json,
    set = [],
    dryRun,
    example,
    ui,
    out = newRunPath('run'),
  } = options
  if (example) return printText(exampleSettings)
  if (options.settings !== undefined) return settingsAction(options.settings, json)
  if (resume !== undefined) refuseSettings(command, runningOptions)
  if ((file === undefined) === (resume === undefined)) {
    throw new PrefkitError('INVALID_CONFIG', 'expected either a file of settings, or --resume <directory>')
  }
  if (acceptChanges && resume === undefined)
    throw new PrefkitError(
      'INVALID_CONFIG',
      '--accept-changes: expected --resume <directory> beside it, got none',
    )
  const read = file === undefined ? undefined : await readLocatedConfig(file, set)
  const settings = read?.config
  if (settings && dryRun) {
    const { dryRunAction } = await import('./run-dry')
    return dryRunAction(settings, json)
  }
  if (settings) await announceBackend(settings.backend)
  const display = showRun(quiet || json)
  const start = (signal: AbortSignal): Promise<LoopRun> =>
    withRunPage(resume ?? out, ui, display.onEvent, (onEvent) => {
      const placeOf = read?.located.placeOf
      const how = { onEvent, onProgress: display.onProgress, signal, ...(placeOf && { placeOf }) }
      // One of them is there, as is checked above.
      return settings ? runLoop(settings, out, how) : resumeLoop(resume!, { ...how, acceptChanges })
    })
  const when = 'after this step, or in 10 seconds in its midst'
  const result = await interruptible('nothing was written', start, when).finally(display.stop)
  const { writeRunReport } = await import('../../report/loop/write-run-report')
  const report = await writeRunReport(result.run, [shellCommand()])
  if (json) printJson({ ...resultOf(result), report })
  else printText(`${await describe(result)}\nreport:  ${report}`)
}
