import type { BenchmarkPart, Statistic } from '@prefkit/evals/benchmarks'
import { type CommandPage, commandPage } from '../report/command-page'
import { formatBounds, formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { sectionHtml, tableHtml } from '../report/html-parts'
import { createContext } from '../report/report-context'
import type { GroupAccuracy } from '../report/report-data'
import { disagreementSection } from '../report/sections/disagreement-section'
import { groupSection } from '../report/sections/group-section'
import { headlineOf, measuresOf } from './benchmark-measures'
import { benchmarkEntry } from './benchmark-names'
import type { BenchmarkEvaluation } from './evaluate-benchmark'
import type { OrderEffects } from './order-effects'
import type { PlannedBenchmark } from './plan-benchmark'

/** What a page tells of. */
export interface BenchmarkPage {
  readonly planned: PlannedBenchmark
  readonly evaluation: BenchmarkEvaluation
  /** Who judged. */
  readonly judge: string
  /** The command that makes it again. */
  readonly command: string
  /** The configuration as it may be shown. */
  readonly config: unknown
}

const cells = (name: string, { value, interval }: Statistic, rows?: number): string[] => [
  name,
  rows === undefined ? '' : formatCount(rows),
  formatPercent(value),
  formatBounds(interval),
]

const columns = [
  { heading: '' },
  { heading: 'rows', numeric: true },
  { heading: 'value', numeric: true },
  { heading: '95 %', numeric: true },
]

function resultTable({ report }: BenchmarkEvaluation): string {
  const parts = [
    { cells: cells(headlineOf(report), report.overall, report.counts.rows), className: 'best' },
    ...measuresOf(report).map((measure) => ({ cells: cells(measure.name, measure) })),
  ]
  return tableHtml(columns, parts)
}

const partTable = (parts: readonly BenchmarkPart[], caption: string): string =>
  parts.length === 0
    ? ''
    : tableHtml(
        columns,
        parts.map((part) => ({ cells: cells(part.name, part, part.rows) })),
        caption,
      )

/** What the intervals and counts mean, in a sentence each. */
function leadOf({ report: { counts } }: BenchmarkEvaluation): string {
  const facts = [
    [counts.ties, 'ties'],
    [counts.abstained, 'without an answer'],
    [counts.failed, 'that failed'],
    [counts.skipped, 'rows left out'],
  ] as const
  const told = facts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`)
  return told.length === 0
    ? 'Every item has an outcome.'
    : `Counted as the benchmark has it: ${told.join(', ')}.`
}

function orderSection({ front, back, gap, consistency }: OrderEffects): string {
  const shares = [
    ['Right, where the right response is shown first', front],
    ['Right, where it is shown second', back],
    ['Both orders name the same response', consistency],
  ] as const
  const rows = shares.flatMap(([name, share]) =>
    share ? [{ cells: cells(name, { ...share }, share.total) }] : [],
  )
  const lead =
    gap === undefined
      ? ''
      : `The position-bias gap is ${formatDecimal(100 * gap, 1)} points: 0 is no bias, 100 a judge that always names the first. Verdicts that name no response are left out.`
  return sectionHtml(
    'order',
    'Does the order matter?',
    lead,
    rows.length > 0 ? [tableHtml(columns, rows)] : [],
  )
}

const groupsOf = (parts: readonly BenchmarkPart[], model: string): GroupAccuracy[] =>
  parts.flatMap(({ name, rows, value, interval }) =>
    value === null
      ? []
      : [{ model, group: name, pairs: rows, accuracy: value, ...(interval && { interval }) }],
  )

/** Where it is good: by section, or by subset where there are no sections. */
function groups({ report }: BenchmarkEvaluation, judge: string): string {
  const sections = groupsOf(report.sections, judge)
  const shown = sections.length > 1 ? sections : groupsOf(report.subsets, judge)
  const context = createContext({ title: '', groupAccuracy: shown })
  return shown.length > 1 ? groupSection(shown, sections.length > 1 ? 'section' : 'subset', context) : ''
}

function sentences({ judge, planned, evaluation }: BenchmarkPage): string[] {
  const { report, reasons } = evaluation
  const { title } = benchmarkEntry(planned.config.benchmark)
  const bounds = report.overall.interval ? ` (95 %: ${formatBounds(report.overall.interval)})` : ''
  return [
    `${title}, ${judge}: ${headlineOf(report)} ${formatPercent(report.overall.value)}${bounds} on ${formatCount(report.counts.rows)} rows.`,
    ...planned.notices,
    ...Object.entries(reasons).map(([reason, count]) => `${formatCount(count)} items: ${reason}.`),
  ]
}

/** An evaluation on a benchmark as a page: numbers, parts, effects of order, and where judge and labels differ. */
export function benchmarkReport(page: BenchmarkPage): string {
  const { planned, evaluation, judge, command, config } = page
  const { report, order, disagreements } = evaluation
  const { title, origin } = benchmarkEntry(planned.config.benchmark)
  const parts: CommandPage = {
    title: `${title}: ${judge}`,
    subtitle: `Task ${report.task}. Data: ${origin}.`,
    summary: sentences(page),
    sections: [
      sectionHtml('result', 'How good is it?', leadOf(evaluation), [
        resultTable(evaluation),
        partTable(report.sections, 'Sections'),
        partTable(report.subsets, 'Subsets'),
      ]),
      groups(evaluation, judge),
      order ? orderSection(order) : '',
      disagreementSection(disagreements),
    ],
    command,
    seed: report.seed,
    config,
  }
  return commandPage(parts)
}
