import { join } from 'node:path'
import { JudgeError } from '@prefkit/judges'
import type { Command } from 'commander'
import type { JudgingOptions } from '../judge/with-judges'
import { PrefkitError } from '../prefkit-error'
import type { RunDirectory } from '../runs/run-directory'
import { interruptible } from './interruptible'
import { howToRun, type JudgeOptions, runningOptions } from './judge-settings'
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

/** What options of judges are called on the command line. */
const optionWords: readonly (readonly [RegExp, string])[] = [
  [
    /\bgive apiKey\b/g,
    'put it into a variable of the environment (OPENAI_API_KEY, or what --api-key-env names)',
  ],
  [/\bapiKey\b/g, '--api-key-env'],
  [/\bbaseUrl\b/g, '--base-url'],
  [/\bmaxCost\b/g, '--max-cost'],
  [/\bexpected prices\b/g, 'expected --prices'],
  [/^judges has two\b/, '--judge has two'],
]

/** An error of judges in the words of the command line. */
function inOptionNames(error: unknown): unknown {
  if (!JudgeError.isInstance(error)) return error
  const message = optionWords.reduce((text, [word, option]) => text.replace(word, option), error.message)
  return message === error.message
    ? error
    : new JudgeError(error.code, error.parameter, message, { cause: error })
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
    if (files.length === 0) return resume(options.resume, { ...work, how: howToRun(options, command) })
    throw new PrefkitError('INVALID_CONFIG', 'files cannot be given with --resume, which has its own')
  })
    .catch((error: unknown) => {
      throw inOptionNames(error)
    })
    .finally(progress.stop)
}
