import type { Command } from 'commander'
import { examples } from '../examples'
import { parseCount } from '../parse-values'
import { addModelOptions, addWritingOptions, modelMeans, parseRowsOut } from './lm-options'

/** Adds `prefkit lm logprobs`. */
export function addLmLogprobs(parent: Command): void {
  const command = parent
    .command('logprobs')
    .description('say how probable completions are: log-probabilities of their tokens, sums, perplexity')
    .argument('<model>', modelMeans)
    .requiredOption(
      '--data <files...>',
      'rows of {prompt, completion}, of messages that end with the assistant, or of text: JSON, CSV or Parquet',
    )
  addModelOptions(addWritingOptions(command, 'prompt and completion that are text'))
    .option('--batch-size <count>', 'rows at a time', parseCount, 16)
    .option(
      '--out <file>',
      'rows with their log-probabilities; a file that is partly there is gone on with (default: standard output)',
      parseRowsOut,
    )
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the summary as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit lm logprobs SmolLM2-135M --data texts.jsonl --out scored.jsonl',
        'prefkit lm logprobs SmolLM2-135M-Instruct --data pairs.jsonl --chat --out scored.jsonl --json',
      ]),
    )
    .action(async (model, options) =>
      (await import('../actions/lm-logprobs')).lmLogprobsAction(model, options),
    )
}
