import { type Command, Option } from 'commander'
import { writableChoices } from '../choices'
import { examples } from '../examples'
import { parseOut } from '../parse-values'
import { addReadingOptions } from './reading-options'

/** Adds `prefkit data convert`. */
export function addDataConvert(parent: Command): void {
  addReadingOptions(
    parent
      .command('convert')
      .description('write preference data in another layout')
      .argument('<files...>', 'JSON Lines (plain or gzip) or Parquet')
      .addOption(
        new Option('--to <dialect>', 'layout to write').choices(writableChoices).makeOptionMandatory(),
      )
      .requiredOption('--out <file>', 'file to write; compressed when it ends in .gz', parseOut),
    '--from <dialect>',
  )
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit data convert harmless-base.jsonl.gz --to trl --out harmless.jsonl',
        'prefkit data convert ratings.parquet --to openai-dpo --out dpo.jsonl.gz --skip-bad',
      ]),
    )
    .action(async (files, options) => (await import('../actions/convert-data')).convertData(files, options))
}
