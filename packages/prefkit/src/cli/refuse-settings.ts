import type { Command } from 'commander'
import { PrefkitError } from '../prefkit-error'

/**
 * Refuses options that say what to do beside `--resume`, which takes it from the run.
 * @param running options that say how to run; they may be given.
 * @throws PrefkitError `INVALID_CONFIG` naming the option.
 */
export function refuseSettings(command: Command, running: ReadonlySet<string>): void {
  const given = command.options.find(
    (option) =>
      !running.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (!given) return
  const message = `${given.long} cannot be given with --resume, which takes its settings from the run`
  throw new PrefkitError('INVALID_CONFIG', message)
}
