import type { Command } from 'commander'
import { examples } from '../examples'
import { addJudgeOptions, addRunOptions, addSamplingOptions } from './judge-options'

/** Adds `prefkit judge pointwise`. */
export function addJudgePointwise(parent: Command): void {
  const command = parent
    .command('pointwise')
    .description('rate responses one at a time, from 1 to 10')
    .argument(
      '[files...]',
      'rows of {prompt, response}, {prompt, responses} or {prompt, chosen, rejected}, with a reference if you like: JSON, CSV or Parquet',
    )
  addSamplingOptions(addJudgeOptions(command))
  addRunOptions(command, 'judge')
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .addHelpText(
      'after',
      examples([
        'prefkit judge pointwise responses.jsonl --judge openai:gpt-4.1-mini',
        'prefkit judge pointwise pairs.jsonl --judge openai:local --base-url http://127.0.0.1:8080/v1 --votes 4',
        'prefkit judge pointwise pairs.jsonl --judge reward-model:runs/first',
      ]),
    )
    .action(async (files, options, self: Command) =>
      (await import('../actions/judge-responses')).judgePointwiseAction(files, options, self),
    )
}
