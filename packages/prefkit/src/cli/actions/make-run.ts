import type { LoopRun, RunLoopOptions } from '../../loop/run/run-loop'
import { describeRun, resultOf } from '../describe-run'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showRun } from '../run-progress'
import { withRunPage } from '../with-run-page'
import type { RunOptions } from './run-options'

/** How a run is made, and how it is told of. */
interface Making extends Pick<RunOptions, 'ui' | 'quiet' | 'json'> {
  /** Where it is kept. */
  readonly directory: string
  /** Commands that make it again. Default: with its configuration. */
  readonly commands?: readonly string[]
  readonly start: (how: RunLoopOptions) => Promise<LoopRun>
}

/** Makes a run, or goes on with one, while its progress is shown; writes its report, and tells what it came to. */
export async function makeRun({ directory, ui, quiet, json, commands, start }: Making): Promise<void> {
  const display = showRun(quiet || json)
  const watched = (signal: AbortSignal): Promise<LoopRun> =>
    withRunPage(directory, ui, display.onEvent, (onEvent) =>
      start({ onEvent, onProgress: display.onProgress, signal }),
    )
  const when = 'after this step, or in 10 seconds in its midst'
  const result = await interruptible('nothing was written', watched, when).finally(display.stop)
  const { writeRunReport } = await import('../../report/loop/write-run-report')
  const report = await writeRunReport(result.run, commands)
  if (json) printJson({ ...resultOf(result), report })
  else printText(`${await describeRun(result)}\nreport:  ${report}`)
}
