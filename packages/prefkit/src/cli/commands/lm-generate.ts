import type { Command } from 'commander'
import { examples } from '../examples'
import { parseCount } from '../parse-values'
import { repeated } from './judge-options'
import {
  addModelOptions,
  addSamplingOptions,
  addWritingOptions,
  modelMeans,
  parseRowsOut,
} from './lm-options'

/** Adds `prefkit lm generate`. */
export function addLmGenerate(parent: Command): void {
  const command = parent
    .command('generate')
    .description('go on after prompts: as a stream on standard output, or row by row into a file')
    .argument('<model>', modelMeans)
    .option('--prompt <text>', 'a prompt; repeat it for several', repeated)
    .option(
      '--prompts <files...>',
      'rows with a prompt (text or messages) or with messages: JSON, CSV or Parquet',
    )
  addWritingOptions(command, 'a prompt that is text')
  command.option('--raw', 'take text as it stands, as is done without --chat, and say nothing of it', false)
  addModelOptions(addSamplingOptions(command))
    .option('--samples <count>', 'answers to each prompt', parseCount, 1)
    .option('--batch-size <count>', 'answers at a time, into a file', parseCount, 16)
    .option(
      '--out <file>',
      'rows with a response, or responses; a file that is partly there is gone on with',
      parseRowsOut,
    )
    .option('--quiet', 'show no progress and no notes', false)
    .option('--json', 'print rows of JSON instead of text', false)
    .addHelpText(
      'after',
      examples([
        'prefkit lm generate stories260K.bin --prompt "Once upon a time" --seed 1',
        'prefkit lm generate SmolLM2-135M-Instruct --prompt "What is a preference?" --chat --temperature 0',
        'prefkit lm generate SmolLM2-135M-Instruct --prompts prompts.jsonl --chat --samples 4 --out responses.jsonl',
        'prefkit lm generate SmolLM2-135M-Instruct --prompts prompts.jsonl --adapter runs/sft/model --out responses.jsonl',
      ]),
    )
    .action(async (model, options) =>
      (await import('../actions/lm-generate')).lmGenerateAction(model, options),
    )
}
