import type { BenchmarkPart, Statistic } from '@prefkit/evals/benchmarks'
import { headlineOf, measuresOf } from '../benchmark/benchmark-measures'
import { benchmarkEntry } from '../benchmark/benchmark-names'
import type { BenchmarkEvaluation } from '../benchmark/evaluate-benchmark'
import type { OrderEffects, OrderShare } from '../benchmark/order-effects'
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

const share = ({ value, interval }: OrderShare): string =>
  `${percent(value)} (95 %: ${percentRange(interval)})`

const orderLines = ({ front, back, gap, consistency }: OrderEffects): string[] => [
  ...(front && back && gap !== undefined
    ? [
        `right response shown first: ${percent(front.value)} right, second: ${percent(back.value)}; gap ${(100 * gap).toFixed(1)} points`,
      ]
    : []),
  ...(consistency ? [`both orders name the same: ${share(consistency)} of ${consistency.total}`] : []),
]

const reasonLines = ({ reasons }: BenchmarkEvaluation): string[] =>
  Object.entries(reasons)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([reason, count]) => `${count} × ${reason}`)

/** An evaluation on a benchmark in a few lines and tables. */
export function describeBenchmark(
  { config, notices }: PlannedBenchmark,
  evaluation: BenchmarkEvaluation,
  judge: string,
): string {
  const { report, order, usage } = evaluation
  return [
    `${benchmarkEntry(config.benchmark).title}, ${report.task}: ${judge}`,
    ...notices,
    '',
    ...tables(evaluation),
    '',
    ...countLine(evaluation),
    ...reasonLines(evaluation),
    ...(order ? orderLines(order) : []),
    ...(usage && usage.calls + usage.cachedCalls > 0 ? [describeUsage(usage)] : []),
  ]
    .join('\n')
    .trimEnd()
}
