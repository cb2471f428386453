import { type Command, Option } from 'commander'
import {
  type Ability,
  type BenchmarkEntry,
  type BenchmarkName,
  benchmarkEntries,
  scoringFormats,
} from '../../benchmark/benchmark-names'
import { familyNames, pairFormatNames } from '../../judge/judge-names'
import { examples } from '../examples'
import { parseCount, parseNames, parseOut } from '../parse-values'
import {
  addJudgeOptions,
  addPairOptions,
  addResultOptions,
  addRunOptions,
  type Leaving,
  type PairUse,
  repeated,
} from './judge-options'

/** Benchmarks show pairs in an order of their own, and may ask about single responses. */
const pairUse: PairUse = {
  formats: [...pairFormatNames, ...scoringFormats],
  formatMeans:
    'how it is asked; rating and rubric score single responses (default: yes-no with probabilities, reasoning with text, rating)',
  orders: 'given',
  ordersMean:
    'in which orders a judge sees each pair: benchmarks place responses themselves, so given is what they mean',
}

const leaving: Leaving = {
  limitMeans: 'use so many rows, drawn by --seed',
  keepGoingMeans: 'count items that cannot be judged, or have no outcome, as failed',
}

const addRecordOptions = (command: Command, { tasks }: BenchmarkEntry): Command =>
  command
    .addOption(
      new Option('--task <name>', 'how it is run (default: what suits the judge, or the first)').choices(
        Object.keys(tasks),
      ),
    )
    .option('--outcomes <file>', 'what was judged elsewhere, instead of --judge; repeat it', repeated)
    .option(
      '--labels <names>',
      'what texts in --outcomes call the first response, the second, and perhaps a tie',
      parseNames,
      ['A', 'B'],
    )
    .option('--write-items <file>', 'write what has to be judged, and judge nothing', parseOut)
    .option('--report <file>', 'write the page here too')
    .option('--resamples <count>', 'of intervals', parseCount, 1000)

const addScoringOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--family <name>', 'with --format rubric: the kind of task, which has a primary rubric')
        .choices(familyNames)
        .default('chat'),
    )
    .option(
      '--rubrics <file>',
      'with --format rubric: rubrics of your own, as JSON, instead of the primary one',
    )

/** What a row of recorded outcomes says, by what is asked. */
const layouts: Readonly<Record<Ability, string>> = {
  compares: 'pairs       {id, verdict: a|b|tie|abstained|null}, {id, winProbability} of a, or {id, text}',
  scores: 'responses   {id, score} (null for none), or {id, text} that ends with a rating from 1 to 10',
  rates: 'responses   {id, score} (null for none), or {id, text} that ends with a rating from 1 to 10',
  chooses: 'lists       {id, choice} (index from 0), {id, ranking}, or {id, text}',
  checks: 'checklists  {id, answers: [true, false, null]}, or {id, text}',
  answers: 'prompts     {id|key|prompt, response}',
}

const layoutsOf = ({ tasks }: BenchmarkEntry): string => {
  const lines = new Set(Object.values(tasks).map((ability) => `  ${layouts[ability]}`))
  return `
Rows of --outcomes have the id of an item, as --write-items writes it, and what was said of it:
${[...lines].join('\n')}
Texts of items that a row carries must be those of the item. The outcomes.jsonl of a run is such a file.`
}

const authors: Partial<Record<string, string>> = {
  llmbar: "LLMBar's result.json, and rows of {winner, winner_swapped}, are read too, a row of the data each.",
  judgebench:
    "JudgeBench's outputs (pair_id, judgments), and rows of {id, decisions}, are read too, a row of the data each.",
}

const help = (entry: BenchmarkEntry): string => {
  const { name, title, rows, origin } = entry
  return `
Data are files that you have: nothing is downloaded. JSON Lines, JSON arrays, CSV or TSV (each plain or gzip) or Parquet.
  rows: ${rows}
  from: ${origin}
${layoutsOf(entry)}
${authors[name] ? `${authors[name]}\n` : ''}${title} is scored as its authors do; the README of @prefkit/evals has the rules.
`
}

const judged = (name: string): string[] => [
  `prefkit eval ${name} rows.jsonl --judge openai:gpt-4.1-mini`,
  `prefkit eval ${name} rows.jsonl --judge openai:local --base-url http://127.0.0.1:8080/v1 --limit 100`,
  `prefkit eval ${name} rows.jsonl --write-items items.jsonl`,
  `prefkit eval ${name} rows.jsonl --outcomes judged.jsonl --report eval.html`,
  `prefkit eval ${name} --resume runs/eval-2026-11-21-19-00-00`,
]

const samples: Partial<Record<string, (name: string) => string[]>> = {
  ifeval: (name) => [
    `prefkit eval ${name} input_data.jsonl --outcomes responses.jsonl`,
    `prefkit eval ${name} input_data.jsonl --outcomes responses.jsonl --detect-language ./detect.js`,
  ],
  'alpaca-eval': (name) => [
    `prefkit eval ${name} annotations.json`,
    `prefkit eval ${name} model_outputs.json --baseline baseline_outputs.json --judge openai:gpt-4.1-mini`,
  ],
}

const samplesOf = ({ name, tasks }: BenchmarkEntry): string[] =>
  samples[name]?.(name) ?? [
    ...judged(name),
    ...(tasks.scores ? [`prefkit eval ${name} rows.jsonl --judge reward-model:runs/first`] : []),
  ]

function addBenchmark(parent: Command, entry: BenchmarkEntry & { readonly name: BenchmarkName }): void {
  const { name, title, aliases } = entry
  const command = parent
    .command(name)
    .aliases([...aliases])
    .description(`evaluate on ${title}`)
    .argument('[files...]', `rows of ${title}`)
  addRecordOptions(command, entry)
  if (name === 'alpaca-eval') {
    command
      .option('--baseline <file>', "the baseline's outputs, where the files are a model's")
      .option('--gamed <file>', 'df_gamed.csv, for the length-controlled win rate of the leaderboard')
  }
  if (name === 'ifeval') {
    addResultOptions(command, leaving).option(
      '--detect-language <module>',
      'module whose default export names the language of a text by its ISO 639-1 code',
    )
  } else {
    addPairOptions(addJudgeOptions(command), pairUse)
    addRunOptions(addScoringOptions(command), 'eval', leaving)
  }
  command
    .addHelpText('after', `${help(entry)}${examples(samplesOf(entry))}`)
    .action(async (files, options, self: Command) =>
      (await import('../actions/eval-benchmark')).evalBenchmarkAction(name, files, options, self),
    )
}

/** Adds `prefkit eval` with a command for each benchmark. */
export function addEvalBenchmarks(program: Command): void {
  const parent = program
    .command('eval')
    .description("evaluate judges, reward models and policies on the field's benchmarks")
  for (const entry of benchmarkEntries) addBenchmark(parent, entry)
}
