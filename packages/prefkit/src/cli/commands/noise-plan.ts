import { type Command, Option } from 'commander'
import { designNames, utilityNames } from '../../noise/design-names'
import { examples } from '../examples'
import { parseChoices, parseColumns, parseCount, parseNumber, parseNumbers } from '../parse-values'
import { addAnnotatorOptions } from './annotator-options'

/** Adds `prefkit noise plan`. */
export function addNoisePlan(parent: Command): void {
  const command = parent
    .command('plan')
    .description('how many labels a reward needs, by pairing design and error rate: simulated, and by theory')
    .argument('[files...]', 'scored responses to plan with (default: drawn from a population)')
  addPopulation(command)
  command
    .option(
      '--designs <names>',
      `designs to compare, of ${designNames.join(', ')}`,
      parseChoices(designNames),
      ['same-prompt', 'cross-prompt', 'diversified'],
    )
    .option(
      '--error-rates <rates>',
      'shares of wrong labels on random pairs of one prompt, whatever pairs a design has, before anybody tires; β (perfect: flips) is calibrated to them',
      parseNumbers,
      [0.05, 0.1, 0.2, 0.3, 0.38],
    )
    .option(
      '--budgets <counts>',
      'numbers of labels to learn from',
      parseNumbers,
      [100, 200, 500, 1000, 2000],
    )
    .option('--repeats <count>', 'simulations of each design and error rate', parseCount, 5)
    .option('--annotators <count>', 'annotators who share the labels, one a pair', parseCount, 1)
    .option(
      '--target-accuracy <share>',
      'share of pairs of one prompt to be put in the right order',
      parseNumber,
      0.9,
    )
    .option('--alpha <weight>', 'prior of the fit: each parameter has variance 1/(2α)', parseNumber, 1)
  addAnnotatorOptions(command)
    .option('--out <directory>', 'where the run is kept (default: runs/plan-<time>)')
    .option('--resume <directory>', 'go on with a plan that was stopped; its settings are used')
    .option('--seed <number>', 'makes the run repeat exactly', parseNumber, 0)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit noise plan',
        'prefkit noise plan scored.jsonl --designs same-prompt,similar,top-vs-rest --target-accuracy 0.8',
        'prefkit noise plan --annotator-model perfect --error-rates 0.1,0.3 --budgets 200,1000,5000 --out runs/flips',
        'prefkit noise plan --resume runs/flips',
      ]),
    )
    .action(async (files, options, self: Command) =>
      (await import('../actions/plan-noise')).planNoiseAction(files, options, self),
    )
}

const addPopulation = (command: Command): Command =>
  command
    .option(
      '--columns <names>',
      'columns that are not named as usual: prompt=question,score=golden,…',
      parseColumns,
      {},
    )
    .option(
      '--prompts <count>',
      'prompts, of a table at most (default: 100, or 20 without features)',
      parseCount,
    )
    .option('--responses <count>', 'responses drawn for each prompt', parseCount, 10)
    .addOption(
      new Option('--utilities <family>', 'how utilities of one prompt are distributed, with deviation 1')
        .choices(utilityNames)
        .default('normal'),
    )
    .option('--between <deviation>', 'standard deviation of the means of prompts', parseNumber, 1)
    .option('--features <count>', 'numbers that the reward is linear in; 0 for none', parseNumber, 8)
