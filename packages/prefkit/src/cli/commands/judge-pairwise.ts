import { type Command, Option } from 'commander'
import { writableChoices } from '../choices'
import { examples } from '../examples'
import { parseNumber, parseOut } from '../parse-values'
import { addJudgeOptions, addPairOptions, addRunOptions } from './judge-options'
import { addReadingOptions } from './reading-options'

/** Adds `prefkit judge pairwise`. */
export function addJudgePairwise(parent: Command): void {
  const command = parent
    .command('pairwise')
    .description('say which of two responses is better; where the data says it too, how often they agree')
    .argument(
      '[files...]',
      'comparisons in any dialect, rows of {prompt, a, b} with or without a label (a, b or tie), or of {prompt, responses}',
    )
  addJudgeOptions(command)
  addPairOptions(command)
  addReadingOptions(command)
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .option('--panel-weights <file>', 'weights of a panel, as JSON, as fitPanelWeights has them')
    .option('--calibration <file>', 'calibration of win probabilities, as JSON, as fitCalibration has it')
    .option(
      '--abstain-below <probability>',
      'leave undecided what the judge is less sure of, from 0.5 to 1',
      parseNumber,
    )
    .option('--export <file>', 'write what was judged as comparisons to train on', parseOut)
    .addOption(new Option('--to <name>', 'layout of --export').choices(writableChoices).default('trl'))
  addRunOptions(command, 'judge')
    .addHelpText(
      'after',
      examples([
        'prefkit judge pairwise pairs.jsonl --judge openai:gpt-4.1-mini',
        'prefkit judge pairwise pairs.jsonl --judge openai:local --base-url http://127.0.0.1:8080/v1 --method logprobs',
        'prefkit judge pairwise responses.jsonl --judge openai:gpt-4.1-mini --votes 5 --export judged.jsonl --to openai-dpo',
        'prefkit judge pairwise pairs.jsonl --judge human --limit 20',
        'prefkit judge pairwise --resume runs/judge-2026-11-21-19-00-00',
        'prefkit judge pairwise --resume runs/judge-2026-11-21-19-00-00 --max-cost 5 --keep-going',
      ]),
    )
    .action(async (files, options, self: Command) =>
      (await import('../actions/judge-pairwise')).judgePairwiseAction(files, options, self),
    )
}
