import { Command } from 'commander'
import { version } from '../version'
import { addDataConvert } from './commands/data-convert'
import { addDataInspect } from './commands/data-inspect'
import { addDemo } from './commands/demo'
import { addEvalBenchmarks } from './commands/eval-benchmarks'
import { addJudgePairwise } from './commands/judge-pairwise'
import { addJudgePointwise } from './commands/judge-pointwise'
import { addJudgeRubric } from './commands/judge-rubric'
import { addLm } from './commands/lm'
import { addNoiseEstimate } from './commands/noise-estimate'
import { addNoisePlan } from './commands/noise-plan'
import { addNoiseSimulate } from './commands/noise-simulate'
import { addReport } from './commands/report'
import { addRewardEval } from './commands/reward-eval'
import { addRewardScore } from './commands/reward-score'
import { addRewardTrain } from './commands/reward-train'
import { addRun } from './commands/run'
import { examples } from './examples'

/** The command line, without anything it runs: a command's code is loaded when it is called. */
export function createProgram(): Command {
  const program = new Command('prefkit')
    .description('Learn from preferences: data, reward models, evaluation, annotation noise, reports.')
    .version(version)
    .exitOverride()
    // An option is of the command that it stands behind: `demo` and `demo reward` both have an --out.
    .enablePositionalOptions()
    .showHelpAfterError('(--help says what there is)')
    .addHelpText('after', examples(['prefkit demo', 'prefkit reward train --data pairs.jsonl']))
  addDemo(program)
  addRun(program)
  addReport(program)
  const reward = program.command('reward').description('train, apply and evaluate reward models')
  addRewardTrain(reward)
  addRewardScore(reward)
  addRewardEval(reward)
  const data = program.command('data').description('look into preference data, and convert it')
  addDataInspect(data)
  addDataConvert(data)
  const judge = program
    .command('judge')
    .description('ask a model, a person or a panel which response is better')
  addJudgePairwise(judge)
  addJudgePointwise(judge)
  addJudgeRubric(judge)
  addEvalBenchmarks(program)
  addLm(program)
  const noise = program
    .command('noise')
    .description('simulate annotators, estimate how noisy they are, plan labels')
  addNoiseSimulate(noise)
  addNoiseEstimate(noise)
  addNoisePlan(noise)
  return program
}
