import type { Command } from 'commander'
import { examples } from '../examples'

/** Adds `prefkit data inspect`. */
export function addDataInspect(parent: Command): void {
  parent
    .command('inspect')
    .description('say what files of preference data hold, and what is wrong with them')
    .argument('<files...>', 'JSON Lines (plain or gzip) or Parquet')
    .option('--dialect <name>', 'layout of the rows (default: detected)')
    .option('--texts <file>', 'the texts of rows that name their responses by id')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      examples(['prefkit data inspect train.jsonl', 'prefkit data inspect --json a.parquet b.jsonl.gz']),
    )
    .action(async (files, options) => (await import('../actions/inspect-data')).inspectData(files, options))
}
