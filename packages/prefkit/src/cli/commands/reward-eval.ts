import type { Command } from 'commander'
import { embeddingsFolder } from '../../reward/embeddings-folder'
import { examples } from '../examples'
import { parseNumber } from '../parse-values'
import { addReadingOptions } from './reading-options'

/** Adds `prefkit reward eval`. */
export function addRewardEval(parent: Command): void {
  addReadingOptions(
    parent
      .command('eval')
      .description('evaluate a reward model on comparisons: accuracy, calibration, length, worst mistakes')
      .argument('<files...>', 'comparisons: JSON Lines (plain or gzip) or Parquet')
      .requiredOption('--model <directory>', 'a trained model, or the run that trained it')
      .option('--report <file>', 'write a report to look at'),
  )
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .option(
      '--combine <how>',
      'how members of an ensemble are combined: mean, min, first or penalized',
      'mean',
    )
    .option('--penalty <weight>', 'standard deviations subtracted by penalized', parseNumber, 1)
    .option('--backend <name>', 'of an MLP: auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--cache <directory>', 'where embeddings are kept', embeddingsFolder)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit reward eval --model runs/first test.jsonl',
        'prefkit reward eval --model runs/first --report eval.html rewardbench.parquet',
      ]),
    )
    .action(async (files, options) =>
      (await import('../actions/eval-reward')).evalRewardAction(files, options),
    )
}
