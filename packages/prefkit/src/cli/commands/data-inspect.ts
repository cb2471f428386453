import type { Command } from 'commander'
import { examples } from '../examples'
import { addReadingOptions } from './reading-options'

/** Adds `prefkit data inspect`. */
export function addDataInspect(parent: Command): void {
  addReadingOptions(
    parent
      .command('inspect')
      .description('say what files of preference data hold, and what is wrong with them')
      .argument('<files...>', 'JSON Lines (plain or gzip) or Parquet'),
  )
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      examples(['prefkit data inspect train.jsonl', 'prefkit data inspect --json a.parquet b.jsonl.gz']),
    )
    .action(async (files, options) => (await import('../actions/inspect-data')).inspectData(files, options))
}
