import { type Command, Option } from 'commander'
import { inconsistentNames, methodNames, orderNames, pairFormatNames } from '../../judge/judge-names'
import { parseCount, parseNumber, parseNumbers } from '../parse-values'

/** Takes every value of an option that may be repeated. */
export const repeated = (value: string, previous: string[] = []): string[] => [...previous, value]

/** Adds the options that say who judges, and how a model server is called. */
export const addJudgeOptions = (command: Command): Command =>
  command
    .option(
      '--judge <name>',
      'openai:<model> (any server that speaks its protocol), local:<path> (a checkpoint, in this process), reward-model:<directory>, or human; repeat it for a panel',
      repeated,
    )
    .option('--base-url <url>', 'the server up to /v1, such as http://127.0.0.1:8080/v1 (default: OpenAI)')
    .option('--api-key-env <name>', 'environment variable that holds the key', 'OPENAI_API_KEY')
    .option('--timeout <seconds>', 'until a request without an answer is given up', parseNumber, 120)
    .option('--retries <count>', 'how often a request is tried again', parseNumber, 5)
    .option('--concurrency <count>', 'requests at once, at most', parseCount, 8)
    .option('--max-tokens <count>', 'tokens that an answer may have', parseCount)
    .option('--prices <in,out>', 'price of a million tokens of prompt and of completion', parseNumbers)
    .option(
      '--max-cost <amount>',
      'stop once this much is spent; what is in flight then is still paid',
      parseNumber,
    )
    .option('--cache <directory>', 'where answers are kept, so that none is paid twice', '.prefkit/answers')
    .option('--no-cache', 'keep no answers')

/** Adds the options of written answers. */
export const addSamplingOptions = (command: Command): Command =>
  command
    .option('--votes <count>', 'written answers to each question', parseCount, 1)
    .option('--temperature <value>', 'of written answers (default: 0, or 1 with several votes)', parseNumber)

/** How a command asks about pairs, where it does so in its own way. */
export interface PairUse {
  readonly formats?: readonly string[]
  readonly formatMeans?: string
  readonly orders?: (typeof orderNames)[number]
  readonly ordersMean?: string
}

/** Adds the options that say how pairs are asked about. */
export const addPairOptions = (
  command: Command,
  {
    formats = pairFormatNames,
    formatMeans = 'how it is asked (default: yes-no with probabilities, reasoning with text)',
    orders = 'both',
    ordersMean = 'one order costs half as much, and leaves the position bias in',
  }: PairUse = {},
): Command =>
  addSamplingOptions(command)
    .addOption(
      new Option('--method <name>', 'read token probabilities, or written answers; auto: what the server can')
        .choices(methodNames)
        .default('auto'),
    )
    .addOption(new Option('--format <name>', formatMeans).choices(formats))
    .option('--rule <text>', 'the rule by which responses are compared')
    .addOption(new Option('--orders <which>', ordersMean).choices(orderNames).default(orders))
    .addOption(
      new Option('--inconsistent <how>', 'what two orders that contradict each other come to')
        .choices(inconsistentNames)
        .default('mean'),
    )

/** What a command leaves out, in its own words. */
export interface Leaving {
  readonly limitMeans?: string
  readonly keepGoingMeans?: string
}

/** Adds how much is looked at, and what is shown of it. */
export const addResultOptions = (
  command: Command,
  {
    limitMeans = 'judge so many, drawn by --seed',
    keepGoingMeans = 'leave out what cannot be judged, and count it',
  }: Leaving = {},
): Command =>
  command
    .option('--limit <count>', limitMeans, parseCount)
    .option('--keep-going', keepGoingMeans, false)
    .option('--seed <number>', 'makes draws, orders and samples repeat', parseNumber, 0)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)

/** Adds where a run is kept, and the options of {@link addResultOptions}. */
export const addRunOptions = (command: Command, kind: string, leaving?: Leaving): Command =>
  addResultOptions(command, leaving)
    .option('--out <directory>', `where the run is kept (default: runs/${kind}-<time>)`)
    .option('--resume <directory>', 'go on with a run that was stopped; its settings are used')
