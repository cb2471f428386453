import { type Command, Option } from 'commander'
import { calibrationNames, designNames } from '../../noise/design-names'
import { examples } from '../examples'
import { parseColumns, parseCount, parseNumber, parseOut } from '../parse-values'
import { addAnnotatorOptions } from './annotator-options'

/** Adds `prefkit noise simulate`. */
export function addNoiseSimulate(parent: Command): void {
  const command = parent
    .command('simulate')
    .description('label pairs of scored responses as annotators of a model would, for prefkit reward train')
    .argument(
      '<files...>',
      'scored responses, or pairs of them: JSON Lines or CSV (plain or gzip), or Parquet',
    )
    .requiredOption(
      '--out <file>',
      'comparisons to write, as JSON Lines; compressed when it ends in .gz',
      parseOut,
    )
    .option(
      '--columns <names>',
      'columns that are not named as usual: prompt=question,score=golden,…',
      parseColumns,
      {},
    )
    .addOption(
      new Option('--design <name>', 'which pairs (default: one of each prompt; those of the rows)').choices(
        designNames,
      ),
    )
    .option('--budget <pairs>', 'pairs at most', parseCount)
    .option(
      '--batch <pairs>',
      'pairs at a time of designs that go by labels (default: a twentieth of the budget)',
      parseCount,
    )
    .option('--beta <number>', 'annotation quality β, per unit of score (default: 1)', parseNumber)
    .option(
      '--error-rate <rate>',
      'calibrate β (perfect: flips) so that this share of labels is expected to be wrong, on the pairs of --calibrate-on',
      parseNumber,
    )
    .addOption(
      new Option(
        '--calibrate-on <pairs>',
        'pairs that --error-rate is of: those labelled (design), or random ones of one prompt, as plan has it ' +
          '(default: design; same-prompt for designs that go by labels)',
      ).choices(calibrationNames),
    )
    .option('--annotators <count>', 'how many annotators there are', parseCount, 1)
    .option('--votes <count>', 'how many of them answer each pair', parseCount, 1)
  addAnnotatorOptions(command)
    .option('--seed <number>', 'makes the labels repeat exactly', parseNumber, 0)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit noise simulate scored.jsonl --error-rate 0.2 --out comparisons.jsonl',
        'prefkit noise simulate scored.csv --design cross-prompt --budget 5000 --beta 2 --out comparisons.jsonl.gz',
        'prefkit noise simulate scored.parquet --annotator-model expression --quality "0.5 + 0.5*tanh(beta*delta/2)" --beta 3 --out a.jsonl',
        'prefkit noise simulate scored.jsonl --annotators 5 --votes 3 --ties 0.2 --position-bias 0.3 --out votes.jsonl',
      ]),
    )
    .action(async (files, options) =>
      (await import('../actions/simulate-noise')).simulateNoiseAction(files, options),
    )
}
