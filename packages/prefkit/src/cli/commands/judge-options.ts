import { type Command, Option } from 'commander'
import { inconsistentNames, methodNames, orderNames, pairFormatNames } from '../../judge/judge-names'
import { parseCount, parseNumber, parseNumbers } from '../parse-values'

const collect = (value: string, previous: string[] = []): string[] => [...previous, value]

/** Adds the options that say who judges, and how a model server is called. */
export const addJudgeOptions = (command: Command): Command =>
  command
    .option(
      '--judge <name>',
      'openai:<model> (any server that speaks its protocol), reward-model:<directory>, or human; repeat it for a panel',
      collect,
    )
    .option('--base-url <url>', 'the server up to /v1, such as http://127.0.0.1:8080/v1 (default: OpenAI)')
    .option('--api-key-env <name>', 'environment variable that holds the key', 'OPENAI_API_KEY')
    .option('--timeout <seconds>', 'until a request without an answer is given up', parseNumber, 120)
    .option('--retries <count>', 'how often a request is tried again', parseNumber, 5)
    .option('--concurrency <count>', 'requests at once, at most', parseCount, 8)
    .option('--max-tokens <count>', 'tokens that an answer may have', parseCount)
    .option('--prices <in,out>', 'price of a million tokens of prompt and of completion', parseNumbers)
    .option('--max-cost <amount>', 'stop once this much is spent', parseNumber)
    .option('--cache <directory>', 'where answers are kept, so that none is paid twice', '.prefkit/answers')
    .option('--no-cache', 'keep no answers')

/** Adds the options of written answers. */
export const addSamplingOptions = (command: Command): Command =>
  command
    .option('--votes <count>', 'written answers to each question', parseCount, 1)
    .option('--temperature <value>', 'of written answers (default: 0, or 1 with several votes)', parseNumber)

/** Adds the options that say how pairs are asked about. */
export const addPairOptions = (command: Command): Command =>
  addSamplingOptions(command)
    .addOption(
      new Option('--method <name>', 'read token probabilities, or written answers; auto: what the server can')
        .choices(methodNames)
        .default('auto'),
    )
    .addOption(
      new Option(
        '--format <name>',
        'how it is asked (default: yes-no with probabilities, reasoning with text)',
      ).choices(pairFormatNames),
    )
    .option('--rule <text>', 'the rule by which responses are compared')
    .addOption(
      new Option('--orders <which>', 'one order costs half as much, and leaves the position bias in')
        .choices(orderNames)
        .default('both'),
    )
    .addOption(
      new Option('--inconsistent <how>', 'what two orders that contradict each other come to')
        .choices(inconsistentNames)
        .default('mean'),
    )

/** Adds where a run is kept, and what is shown of it. */
export const addRunOptions = (command: Command, kind: string): Command =>
  command
    .option('--limit <count>', 'judge so many, drawn by --seed', parseCount)
    .option('--keep-going', 'leave out what cannot be judged, and count it', false)
    .option('--out <directory>', `where the run is kept (default: runs/${kind}-<time>)`)
    .option('--resume <directory>', 'go on with a run that was stopped; its settings are used')
    .option('--seed <number>', 'makes draws, orders and samples repeat', parseNumber, 0)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
