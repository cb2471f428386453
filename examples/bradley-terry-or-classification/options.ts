import { parseArgs } from 'node:util'
import {
  type FeaturePart,
  featurePartNames,
  type MlpOptions,
  type Objective,
  resolveOptions,
  rewardModelPresets,
} from '@prefkit/reward-models'
import { ExampleError } from './example-error.ts'
import { type Pairing, pairingNames } from './simulate-annotations.ts'

/** What annotators see of a golden score: its `logit`, or the score itself. */
export type RewardScale = 'logit' | 'golden'

/** Settings of the models: `paper` and `authors` are the presets of the library; `quick` is `paper` made small. */
export type Preset = 'quick' | 'paper' | 'authors'

/** What to run, as the command line says. */
export interface Options {
  readonly table: string
  readonly out: string
  readonly cache: string | undefined
  readonly embedder: 'hashed-ngrams' | 'sentence'
  readonly dimensions: number
  readonly parts: readonly FeaturePart[]
  readonly responses: number
  readonly reward: RewardScale
  readonly testShare: number
  readonly betas: readonly number[]
  readonly annotations: readonly number[]
  readonly pairings: readonly Pairing[]
  readonly objectives: readonly Objective[]
  readonly replicates: number
  readonly seed: number
  /** Settings of the models of each objective, complete. */
  readonly training: Readonly<Record<Objective, MlpOptions>>
  readonly json: boolean
  readonly quiet: boolean
}

/** What `--help` prints. */
export const helpText = `Trains Bradley-Terry and classification reward models on simulated annotations of a table of golden
rewards, and compares them on prompts they never saw (the experiment of arXiv 2411.04991).

usage: node examples/bradley-terry-or-classification/index.ts --table FILE [options]

  --table FILE          JSON lines, plain or .gz: {prompt, responses: [{model, response, golden}]},
                        golden = probability to beat one fixed response, in 0..1
  --out DIR             results and report.html; finished settings found there are kept
                        (default runs/bradley-terry-or-classification)

annotations
  --beta LIST           quality: right with probability sigmoid(beta * |difference of rewards|),
                        rewards in standard deviations (default 10,3,1,0.5)
  --annotations LIST    comparisons to learn from (default 5000,20000)
  --pairing LIST        same, cross: two responses of one prompt, or of two (default same,cross)
  --reward SCALE        logit, golden: what annotators compare (default logit)
  --responses N         use N of the table's models, at even distances in its order (default 32)
  --test-share S        share of prompts to test on (default 0.25)

models
  --objective LIST      bt, clf (default bt,clf)
  --preset NAME         quick, paper, authors (default quick: as paper, but hidden 64 and batches of 512)
  --hidden LIST         widths of the hidden layers, such as 1024,512; none for a linear model
  --epochs N, --batch-size N, --learning-rate X
  --embedder NAME       hashed-ngrams, sentence (default hashed-ngrams)
  --dimensions N        of the hashed n-grams (default 512)
  --parts LIST          ${featurePartNames.join(', ')}
                        (default response,product,cosine,surface)
  --cache DIR           keeps vectors on disk; worth it for --embedder sentence

  --seeds N             repetitions with other annotations and weights (default 5)
  --seed N              makes a run repeat exactly (default 0)
  --json                results as JSON on standard output
  --quiet               no progress
  --help

examples
  node examples/bradley-terry-or-classification/index.ts --table golden.jsonl.gz
  node examples/bradley-terry-or-classification/index.ts --table golden.jsonl.gz --annotations 1000,5000,20000,40000 --beta 1
  node examples/bradley-terry-or-classification/index.ts --table golden.jsonl.gz --embedder sentence --responses 8 \\
    --cache .prefkit/vectors --out runs/sentence
`

const flags = {
  table: { type: 'string' },
  out: { type: 'string', default: 'runs/bradley-terry-or-classification' },
  cache: { type: 'string' },
  embedder: { type: 'string', default: 'hashed-ngrams' },
  dimensions: { type: 'string', default: '512' },
  parts: { type: 'string', default: 'response,product,cosine,surface' },
  responses: { type: 'string', default: '32' },
  reward: { type: 'string', default: 'logit' },
  'test-share': { type: 'string', default: '0.25' },
  beta: { type: 'string', default: '10,3,1,0.5' },
  annotations: { type: 'string', default: '5000,20000' },
  pairing: { type: 'string', default: 'same,cross' },
  objective: { type: 'string', default: 'bt,clf' },
  preset: { type: 'string', default: 'quick' },
  hidden: { type: 'string' },
  epochs: { type: 'string' },
  'batch-size': { type: 'string' },
  'learning-rate': { type: 'string' },
  seeds: { type: 'string', default: '5' },
  seed: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

type Given = ReturnType<typeof parseFlags>

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: flags }).values
  } catch (cause) {
    throw new ExampleError('INVALID_OPTION', (cause as Error).message, { cause })
  }
}

const refuse = (flag: string, expected: string, text: string): never => {
  throw new ExampleError('INVALID_OPTION', `--${flag}: expected ${expected}, got ${JSON.stringify(text)}`)
}

type Rule = readonly [expected: string, holds: (value: number) => boolean]

const atLeast = (low: number): Rule => [
  `a whole number of at least ${low}`,
  (value) => Number.isSafeInteger(value) && value >= low,
]

function number(flag: keyof typeof flags, text: string, [expected, holds]: Rule): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return holds(value) ? value : refuse(flag, expected, text)
}

function oneOf<Name extends string>(flag: keyof typeof flags, text: string, names: readonly Name[]): Name {
  return names.find((name) => name === text.trim()) ?? refuse(flag, `one of ${names.join(', ')}`, text)
}

function list<T>(flag: keyof typeof flags, text: string, read: (item: string) => T): readonly T[] {
  const items = text.split(',').map(read)
  if (new Set(items).size === items.length) return items
  return refuse(flag, 'each entry once', text)
}

const numbers = (flag: keyof typeof flags, text: string, rule: Rule) =>
  list(flag, text, (item) => number(flag, item, rule))

const presets: Readonly<Record<Preset, (objective: Objective) => Partial<MlpOptions>>> = {
  quick: (objective) => ({
    ...rewardModelPresets[`${objective}-mlp`],
    hidden: [64],
    batchSize: 512,
  }),
  paper: (objective) => rewardModelPresets[`${objective}-mlp`],
  authors: (objective) => rewardModelPresets[`${objective}-mlp-authors`],
}

const hiddenOf = (text: string) =>
  text.trim() === 'none' ? [] : text.split(',').map((w) => number('hidden', w, atLeast(1)))

function trainingOf(given: Given): Options['training'] {
  const preset = presets[oneOf('preset', given.preset, Object.keys(presets) as Preset[])]
  const positive: Rule = ['a number > 0', (value) => value > 0 && Number.isFinite(value)]
  const own: Partial<MlpOptions> = {
    ...(given.hidden !== undefined && { hidden: hiddenOf(given.hidden) }),
    ...(given.epochs !== undefined && { epochs: number('epochs', given.epochs, atLeast(1)) }),
    ...(given['batch-size'] !== undefined && {
      batchSize: number('batch-size', given['batch-size'], atLeast(1)),
    }),
    ...(given['learning-rate'] !== undefined && {
      learningRate: number('learning-rate', given['learning-rate'], positive),
    }),
  }
  const settings = (objective: Objective) => resolveOptions({ ...preset(objective), ...own })
  return { bt: settings('bt'), clf: settings('clf') }
}

/**
 * What the command line asks for, or `help`.
 * @throws ExampleError `INVALID_OPTION` naming the option, its value and what was expected.
 */
export function parseOptions(args: string[]): Options | 'help' {
  const given = parseFlags(args)
  if (given.help) return 'help'
  const { table, out, cache, json, quiet } = given
  if (!table)
    throw new ExampleError('INVALID_OPTION', '--table: expected the path of a table of golden rewards')
  const share: Rule = ['a number between 0 and 1', (value) => value > 0 && value < 1]
  const beta: Rule = ['a number ≥ 0', (value) => value >= 0 && Number.isFinite(value)]
  return {
    table,
    out,
    cache,
    embedder: oneOf('embedder', given.embedder, ['hashed-ngrams', 'sentence']),
    dimensions: number('dimensions', given.dimensions, atLeast(1)),
    parts: list('parts', given.parts, (item) => oneOf('parts', item, featurePartNames)),
    responses: number('responses', given.responses, atLeast(2)),
    reward: oneOf('reward', given.reward, ['logit', 'golden']),
    testShare: number('test-share', given['test-share'], share),
    betas: numbers('beta', given.beta, beta),
    annotations: numbers('annotations', given.annotations, atLeast(10)),
    pairings: list('pairing', given.pairing, (item) => oneOf('pairing', item, pairingNames)),
    objectives: list('objective', given.objective, (item) => oneOf('objective', item, ['bt', 'clf'])),
    replicates: number('seeds', given.seeds, atLeast(1)),
    seed: number('seed', given.seed, atLeast(0)),
    training: trainingOf(given),
    json,
    quiet: quiet || json,
  }
}
