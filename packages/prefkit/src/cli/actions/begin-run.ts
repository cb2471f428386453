import { readLocatedConfig } from '../../loop/run/config/read-run-config'
import { runLoop } from '../../loop/run/run-loop'
import { PrefkitError } from '../../prefkit-error'
import { shellCommand } from '../../shell-command'
import { announceBackend } from '../announce-backend'
import { newRunPath } from '../run-path'
import { makeRun } from './make-run'
import { neitherOrBoth, type RunOptions } from './run-options'

/** The settings that a run is to begin with. @throws PrefkitError `INVALID_CONFIG`. */
async function settingsToBegin(file: string | undefined, { acceptChanges, set = [] }: RunOptions) {
  if (file === undefined) throw neitherOrBoth()
  if (acceptChanges) {
    const problem = '--accept-changes: expected --resume <directory> beside it, got none'
    throw new PrefkitError('INVALID_CONFIG', problem)
  }
  return readLocatedConfig(file, set)
}

/** Runs `prefkit run <config> --dry-run`. */
export async function planRunAction(file: string | undefined, options: RunOptions): Promise<void> {
  const { config } = await settingsToBegin(file, options)
  const { dryRunAction } = await import('./run-dry')
  return dryRunAction(config, options.json)
}

/** Runs `prefkit run <config>`: makes a new run. */
export async function beginRunAction(file: string | undefined, options: RunOptions): Promise<void> {
  const { config, located } = await settingsToBegin(file, options)
  const { out = newRunPath('run') } = options
  await announceBackend(config.backend)
  await makeRun({
    ...options,
    ...{ directory: out, commands: [shellCommand()] },
    start: (how) => runLoop(config, out, { ...how, placeOf: located.placeOf }),
  })
}
