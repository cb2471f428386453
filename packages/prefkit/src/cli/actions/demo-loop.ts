import type { BackendChoice } from '@prefkit/tensor'
import type { Command } from 'commander'
import { demoSettings } from '../../demo/loop/demo-settings'
import { describeDemo } from '../../demo/loop/describe-demo'
import { locate } from '../../loop/run/config/read-run-config'
import { parseRunConfig, type RunConfig } from '../../loop/run/config/run-config'
import { resumeLoop, runLoop } from '../../loop/run/run-loop'
import { shellCommand } from '../../shell-command'
import { announceBackend } from '../announce-backend'
import { resultOf, stageTable } from '../describe-run'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { refuseSettings } from '../refuse-settings'
import { newRunPath } from '../run-path'
import { showRun } from '../run-progress'
import { withRunPage } from '../with-run-page'

/** Options of `prefkit demo`. */
export interface DemoLoopOptions {
  readonly config: boolean
  readonly hack: boolean
  readonly set?: string[]
  readonly seed: number
  readonly backend: BackendChoice
  readonly out?: string
  readonly resume?: string
  /** Port of a live page, or true for any. */
  readonly ui?: number | true
  readonly quiet: boolean
  readonly json: boolean
}

/** Options that say how to run, not what: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'quiet', 'json', 'ui'])

/** What lets the policy find out what fools the judge: hardly held back, for longer, and watched at each step. */
const hacking = ['policy.klWeight=0.001', 'policy.steps=20', 'evaluation.everySteps=1']

const introduction = `A model of 260,032 parameters tells stories. Simulated readers who like warm ones compare them two by two; a judge learns from
that which is better; and the stories learn to beat the best of 4 under the judge, by pairwise PPO. Nothing is downloaded. The
settings of all this: prefkit demo --config
`

/** The demo's settings with what is set otherwise, as `prefkit run` reads a file. */
function settingsOf(text: string, { hack, set = [], seed, backend }: DemoLoopOptions): RunConfig {
  const own = [...(hack ? hacking : []), `seed=${seed}`, `backend=${JSON.stringify(backend)}`]
  const located = locate(text, 'the demo', [...own, ...set])
  return parseRunConfig(located.value, located)
}

/** Runs `prefkit demo`: `prefkit run` on settings that are bundled. */
export async function demoLoopAction(options: DemoLoopOptions, command: Command): Promise<void> {
  const { config, resume, out = newRunPath('demo'), ui, quiet, json } = options
  const text = await demoSettings()
  if (config) return printText(text.trimEnd())
  if (resume !== undefined) refuseSettings(command, runningOptions)
  const settings = resume === undefined ? settingsOf(text, options) : undefined
  if (settings) await announceBackend(settings.backend)
  if (!quiet && !json) process.stderr.write(`${introduction}\n`)
  const display = showRun(quiet || json)
  const resumeWith = shellCommand(['demo', '--resume', resume ?? out])
  const result = await interruptible('nothing was written', (signal) =>
    withRunPage(resume ?? out, ui, display.onEvent, (onEvent) => {
      const how = { onEvent, onProgress: display.onProgress, signal, resumeWith }
      // One of them is there.
      return settings ? runLoop(settings, out, how) : resumeLoop(resume!, how)
    }),
  ).finally(display.stop)
  const { writeRunReport } = await import('../../report/loop/write-run-report')
  // Of commands that go on, none makes the run again.
  const report = await writeRunReport(result.run, settings ? [shellCommand()] : undefined)
  if (json) return printJson({ ...resultOf(result), report })
  printText(`${stageTable(result.results)}\n\n${await describeDemo(result)}\nreport: ${report}`)
}
