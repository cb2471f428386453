import { type Command, InvalidArgumentError, Option } from 'commander'
import { familyNames } from '../../judge/judge-names'
import { examples } from '../examples'
import { addJudgeOptions, addRunOptions, addSamplingOptions } from './judge-options'

/** Reads how many criteria a judge may write: `1-3`, `2`, or 0 for none. */
function parseRange(text: string): number[] {
  const [, min, max = min] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? []
  if (min === undefined) throw new InvalidArgumentError('expected a number or a range such as 1-3')
  if (Number(min) > Number(max))
    throw new InvalidArgumentError('expected the smaller number first, as in 1-3')
  return [Number(min), Number(max)]
}

/** Adds `prefkit judge rubric`. */
export function addJudgeRubric(parent: Command): void {
  const command = parent
    .command('rubric')
    .description(
      'score responses from 1 to 10 by the rubric of their kind of task and by criteria that the judge adds, as PaTaRM does',
    )
    .argument(
      '[files...]',
      'rows of {prompt, response}, {prompt, responses} or {prompt, chosen, rejected}, with a reference if you like: JSON, CSV or Parquet',
    )
    .addOption(
      new Option('--family <name>', 'the kind of task, which has a primary rubric')
        .choices(familyNames)
        .default('chat'),
    )
    .option('--rubrics <file>', 'rubrics of your own, as JSON, instead of the primary one')
    .option('--no-primary', 'show no rubric: the judge writes all criteria')
    .option('--generate <range>', 'how many criteria the judge adds; 0 for none', parseRange, [1, 3])
    .option('--show', 'print the rubrics, in the layout of --rubrics, and judge nothing')
  addSamplingOptions(addJudgeOptions(command))
  addRunOptions(command, 'judge')
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .addHelpText(
      'after',
      examples([
        'prefkit judge rubric answers.jsonl --judge openai:gpt-4.1-mini --family code',
        'prefkit judge rubric --family math --show > math.json',
        'prefkit judge rubric answers.jsonl --judge openai:gpt-4.1-mini --rubrics math.json --generate 0',
      ]),
    )
    .action(async (files, options, self: Command) =>
      (await import('../actions/judge-responses')).judgeRubricAction(files, options, self),
    )
}
