import { join } from 'node:path'
import type { Command } from 'commander'
import type { JudgingOptions } from '../judge/with-judges'
import { PrefkitError } from '../prefkit-error'
import type { RunDirectory } from '../runs/run-directory'
import { interruptible } from './interruptible'
import { type JudgeOptions, runningOptions } from './judge-settings'
import { showProgress } from './progress'
import { refuseSettings } from './refuse-settings'
import { newRunPath } from './run-path'

/** Where a run keeps what was judged, a row each. */
export const judgementsPath = (run: RunDirectory): string => join(run.path, 'judgements.jsonl')

/** How a command's run is begun, and gone on with. */
export interface JudgingRuns<Run> {
  readonly start: (directory: string, work: JudgingOptions) => Promise<Run>
  readonly resume: (directory: string, work: JudgingOptions) => Promise<Run>
}

/**
 * Begins a run of a command that judges, or goes on with one; with progress, notices on standard error, and Ctrl-C.
 * @param kind what new runs are called.
 */
export async function runJudging<Run>(
  files: readonly string[],
  options: JudgeOptions,
  command: Command,
  { start, resume }: JudgingRuns<Run>,
  kind = 'judge',
): Promise<Run> {
  const progress = showProgress(options.quiet || options.json)
  const onNotice = (notice: string): void => {
    if (!options.quiet) process.stderr.write(`${notice}\n`)
  }
  return interruptible('nothing was written', async (signal) => {
    const work = { onProgress: progress.onProgress, onNotice, signal }
    if (options.resume === undefined) return start(options.out ?? newRunPath(kind), work)
    refuseSettings(command, runningOptions)
    if (files.length === 0) return resume(options.resume, work)
    throw new PrefkitError('INVALID_CONFIG', 'files cannot be given with --resume, which has its own')
  }).finally(progress.stop)
}
