import type { Command } from 'commander'
import { examples } from '../examples'
import { repeated } from './judge-options'
import { parsePort } from './report'

/** Adds `prefkit run`. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'learn from preferences from one file of settings: fine-tuning, comparisons, reward model, anchors, policy, evaluation',
    )
    .argument('[config]', 'settings: YAML or JSON; paths in them begin at the working directory')
    .option('--set <setting=value>', 'instead of what the file says; repeat it for several', repeated)
    .option('--out <directory>', 'where the run is kept (default: runs/run-<time>)')
    .option('--resume <directory>', 'go on with a run that was stopped or killed; its settings are used')
    .option(
      '--accept-changes',
      'with --resume: go on with data files and modules that are not what they were, which the report then says',
      false,
    )
    .option('--dry-run', 'show the plan, with memory and time, and do nothing', false)
    .option('--example', 'print settings to begin with', false)
    .option('--settings [section]', 'print what can be set, all of it or of one section, such as policy')
    .option('--ui [port]', 'serve a live page of the run on this machine alone, while it goes on', parsePort)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit run --example > config.yaml',
        'prefkit run --settings policy',
        'prefkit run config.yaml --dry-run',
        'prefkit run config.yaml --out runs/first --set policy.steps=20 --set seed=1',
        'prefkit run --resume runs/first',
      ]),
    )
    .action(async (config, options, self: Command) =>
      (await import('../actions/run-loop')).runLoopAction(config, options, self),
    )
}
