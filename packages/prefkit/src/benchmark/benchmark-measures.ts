import type { BenchmarkReport, Statistic } from '@prefkit/evals/benchmarks'

/** A number of a benchmark's report besides its headline. */
export interface Measure extends Statistic {
  readonly name: string
}

type Path = readonly [field: string, name: string]

/** What is worth a line, by the name of its field in the report; what a report lacks is left out. */
const paths: Readonly<Record<string, readonly Path[]>> = {
  llmbar: [
    ['accuracyUnswapped', 'accuracy, outputs as they are'],
    ['accuracySwapped', 'accuracy, outputs swapped'],
    ['consistency', 'both orders name the same'],
    ['bothCorrect', 'both orders are right'],
  ],
  judgebench: [
    ['incorrect', 'wrong'],
    ['undecided', 'undecided'],
    ['inconsistent', 'orders differ'],
  ],
  'rm-bench': [
    ['hard', 'hard'],
    ['normal', 'normal'],
    ['easy', 'easy'],
  ],
  pandalm: [
    ['precision', 'macro precision'],
    ['recall', 'macro recall'],
    ['f1', 'macro F1'],
    ['agreementWithVotes', 'agreement with single votes'],
  ],
  'alpaca-eval': [
    ['winRate', 'win rate'],
    ['discreteWinRate', 'win rate by verdicts'],
  ],
  ifeval: [
    ['promptLevel.strict', 'prompts, strict'],
    ['promptLevel.loose', 'prompts, loose'],
    ['instructionLevel.strict', 'instructions, strict'],
    ['instructionLevel.loose', 'instructions, loose'],
  ],
  infobench: [['allSatisfied', 'responses that satisfy all']],
}

/** What the headline of a benchmark is called. */
const headlines: Readonly<Record<string, string>> = {
  'reward-bench': 'score',
  'reward-bench-2': 'score',
  'alpaca-eval': 'win rate',
  ifeval: 'prompts followed, strict',
  infobench: 'requirements followed',
}

const at = (report: BenchmarkReport, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null)?.[name], report)

const statisticOf = (found: unknown): Statistic | undefined => {
  if (typeof found === 'number') return { value: found, interval: null }
  return typeof found === 'object' && found !== null ? (found as Statistic) : undefined
}

/** What a report's headline is called. */
export function headlineOf(report: BenchmarkReport): string {
  if (report.benchmark === 'alpaca-eval' && at(report, 'lengthControlled'))
    return 'length-controlled win rate'
  return headlines[report.benchmark] ?? 'accuracy'
}

/** The numbers of a report besides its headline. */
export const measuresOf = (report: BenchmarkReport): Measure[] =>
  (paths[report.benchmark] ?? []).flatMap(([path, name]) => {
    const statistic = statisticOf(at(report, path))
    return statistic ? [{ name, ...statistic }] : []
  })
