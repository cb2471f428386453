import type { Command } from 'commander'
import { exampleSettings } from '../../loop/run/example-settings'
import { printText } from '../print'
import { beginRunAction, planRunAction } from './begin-run'
import { resumeRunAction } from './resume-run'
import type { RunOptions } from './run-options'
import { showSettingsAction } from './show-settings'

/** Runs `prefkit run`: whichever of its actions is asked for. */
export async function runLoopAction(
  file: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  const { example, settings, resume, dryRun, json } = options
  if (example) return printText(exampleSettings)
  if (settings !== undefined) return showSettingsAction(settings, json)
  if (resume !== undefined) return resumeRunAction(resume, file, options, command)
  return dryRun ? planRunAction(file, options) : beginRunAction(file, options)
}
