import type { Command } from 'commander'
import { resumeLoop } from '../../loop/run/run-loop'
import { refuseSettings } from '../refuse-settings'
import { makeRun } from './make-run'
import { neitherOrBoth, type RunOptions } from './run-options'

/** Options that say how to run, not what: they may be given with `--resume`. */
const runningOptions: ReadonlySet<string> = new Set(['resume', 'acceptChanges', 'quiet', 'json', 'ui'])

/**
 * Runs `prefkit run --resume <directory>`: goes on with a run.
 * @param file that was given beside it, which is one too many.
 */
export async function resumeRunAction(
  directory: string,
  file: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  refuseSettings(command, runningOptions)
  if (file !== undefined) throw neitherOrBoth()
  const { acceptChanges } = options
  // Of commands that go on, none makes the run again: its report says how its configuration does.
  await makeRun({ ...options, directory, start: (how) => resumeLoop(directory, { ...how, acceptChanges }) })
}
