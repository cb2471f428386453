import type { BenchmarkPart, Statistic } from '@prefkit/evals/benchmarks'
import type { JudgeQuality } from '@prefkit/evals/judge-quality'
import { headlineOf, measuresOf } from '../benchmark/benchmark-measures'
import { benchmarkEntry } from '../benchmark/benchmark-names'
import type { BenchmarkEvaluation } from '../benchmark/evaluate-benchmark'
import { reasonLines } from '../benchmark/failure-reasons'
import { saysOfLength } from '../benchmark/pair-quality'
import type { PlannedBenchmark } from '../benchmark/plan-benchmark'
import { describeUsage } from './describe-judging'
import { counted, formatTable, percent, percentRange } from './format-table'

/** Most subsets that are listed. */
const shownParts = 40

const cells = (name: string, { value, interval }: Statistic, rows = ''): string[] => [
  name,
  rows,
  value === null ? '–' : percent(value),
  interval === null ? '–' : percentRange(interval),
]

const partRows = (parts: readonly BenchmarkPart[]): string[][] =>
  parts.map((part) => cells(part.name, part, `${part.rows}`))

function tables({ report }: BenchmarkEvaluation): string[] {
  const { overall, sections, subsets, counts } = report
  const head = [
    ['', 'rows', 'value', '95 %'],
    cells(headlineOf(report), overall, `${counts.rows}`),
    ...measuresOf(report).map((measure) => cells(measure.name, measure)),
  ]
  const all = [
    ['section', sections],
    ['subset', subsets],
  ] as const
  const parts = all.flatMap(([name, of]) => {
    if (of.length === 0) return []
    const more = of.length > shownParts ? [`… and ${of.length - shownParts} more, in --json`] : []
    const rows = [[name, 'rows', 'value', '95 %'], ...partRows(of.slice(0, shownParts))]
    return ['', formatTable(rows), ...more]
  })
  return [formatTable(head), ...parts]
}

function countLine({ report: { counts } }: BenchmarkEvaluation): string[] {
  const facts = [
    counts.ties > 0 ? counted(counts.ties, 'tie') : undefined,
    counts.abstained > 0 ? `${counts.abstained} without an answer` : undefined,
    counts.failed > 0 ? `${counts.failed} failed` : undefined,
    counts.skipped > 0 ? `${counted(counts.skipped, 'row')} left out` : undefined,
  ].filter((fact) => fact !== undefined)
  return facts.length === 0 ? [] : [facts.join(', ')]
}

const share = ({ value, interval }: Statistic): string =>
  `${percent(value!)}${interval ? ` (95 %: ${percentRange(interval)})` : ''}`

function qualityLines({ position, consistency, calibration, length }: JudgeQuality): string[] {
  const { front, back, gap } = position
  const { consistent, pairs } = consistency.orders
  const known = (accuracy: number | null): string => (accuracy === null ? '–' : percent(accuracy))
  return [
    ...(gap.value === null
      ? []
      : [
          `right response shown first: ${share(front)} right, second: ${share(back)}; gap ${(100 * gap.value).toFixed(1)} points`,
        ]),
    ...(pairs > 0 ? [`both orders name the same: ${share(consistent)} of ${pairs}`] : []),
    ...(calibration
      ? [`calibration error of its probabilities: ${percent(calibration.expectedCalibrationError)}`]
      : []),
    ...(length && saysOfLength(length)
      ? [
          `right response longer: ${known(length.chosenLonger.accuracy)} right, shorter: ${known(length.chosenShorter.accuracy)}`,
        ]
      : []),
  ]
}

/** An evaluation on a benchmark in a few lines and tables. */
export function describeBenchmark(
  { config }: PlannedBenchmark,
  evaluation: BenchmarkEvaluation,
  judge: string,
): string {
  const { report, quality, usage, reasons, notices } = evaluation
  return [
    `${benchmarkEntry(config.benchmark).title}, ${report.task}: ${judge}`,
    ...notices,
    '',
    ...tables(evaluation),
    '',
    ...countLine(evaluation),
    ...reasonLines(reasons),
    ...(quality ? qualityLines(quality) : []),
    ...(usage && usage.calls + usage.cachedCalls > 0 ? [describeUsage(usage)] : []),
  ]
    .join('\n')
    .trimEnd()
}
