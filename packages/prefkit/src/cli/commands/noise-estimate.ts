import { type Command, Option } from 'commander'
import { crowdModelNames } from '../../noise/design-names'
import { examples } from '../examples'
import { parseColumns, parseNumber } from '../parse-values'

/** Adds `prefkit noise estimate`. */
export function addNoiseEstimate(parent: Command): void {
  parent
    .command('estimate')
    .description('how noisy annotators are, from their votes: agreement, flip rate, abilities, β')
    .argument(
      '<files...>',
      'votes: rows of item, annotator, label, or of items with a list of votes: JSON Lines, CSV or Parquet',
    )
    .option(
      '--columns <names>',
      'columns that are not named as usual: item=pair,annotator=worker,…',
      parseColumns,
      {},
    )
    .option('--tie <label>', 'the label that is a tie (default: tie and the like, or 0 beside 2 or -1)')
    .addOption(
      new Option(
        '--model <name>',
        'what abilities are fitted with; crowd-bt needs columns first and second, what is compared',
      )
        .choices(crowdModelNames)
        .default('dawid-skene'),
    )
    .addOption(
      new Option(
        '--errors <kind>',
        'what annotators of dawid-skene confuse: all labels alike, or each in its own way (default: one-coin)',
      ).choices(['one-coin', 'confusion']),
    )
    .option('--bootstrap <count>', 'resamples for standard errors of abilities; 0 for none', parseNumber, 50)
    .option('--out <file>', 'write a report to look at')
    .option('--seed <number>', 'makes the resamples repeat exactly', parseNumber, 0)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print JSON, with every annotator', false)
    .addHelpText(
      'after',
      examples([
        'prefkit noise estimate votes.csv',
        'prefkit noise estimate votes.jsonl.gz --columns item=pair,annotator=worker --out noise.html',
        'prefkit noise estimate votes.csv --model crowd-bt --columns first=model_1,second=model_2',
        'prefkit noise estimate scored-votes.jsonl --json',
      ]),
    )
    .action(async (files, options) =>
      (await import('../actions/estimate-noise')).estimateNoiseAction(files, options),
    )
}
