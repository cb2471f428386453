import type { Command } from 'commander'
import { embeddingsFolder } from '../../reward/embeddings-folder'
import { examples } from '../examples'
import { parseNumber, parseOut } from '../parse-values'

/** Adds `prefkit reward score`. */
export function addRewardScore(parent: Command): void {
  parent
    .command('score')
    .description(
      'add rewards to rows of {prompt, response}, {prompt, responses} or {prompt, chosen, rejected}',
    )
    .argument('[file]', 'JSON Lines, plain or gzip; - is standard input', '-')
    .requiredOption('--model <directory>', 'a trained model, or the run that trained it')
    .option(
      '--out <file>',
      'file to write, compressed when it ends in .gz (default: standard output)',
      parseOut,
    )
    .option('--skip-bad', 'leave bad rows out, and count them on standard error', false)
    .option(
      '--combine <how>',
      'how members of an ensemble are combined: mean, min, first or penalized',
      'mean',
    )
    .option('--penalty <weight>', 'standard deviations subtracted by penalized', parseNumber, 1)
    .option('--backend <name>', 'of an MLP: auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--cache <directory>', 'where embeddings are kept', embeddingsFolder)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print errors as JSON too; rows are JSON Lines anyway', false)
    .addHelpText(
      'after',
      examples([
        'prefkit reward score --model runs/first responses.jsonl --out scored.jsonl',
        `echo '{"prompt": "2+2?", "response": "4"}' | prefkit reward score --model runs/first`,
      ]),
    )
    .action(async (file, options) =>
      (await import('../actions/score-reward')).scoreRewardAction(file, options),
    )
}
