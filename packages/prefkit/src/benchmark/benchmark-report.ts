import type { BenchmarkPart, Statistic } from '@prefkit/evals/benchmarks'
import type { JudgeQuality } from '@prefkit/evals/judge-quality'
import { type CommandPage, commandPage } from '../report/command-page'
import { formatBounds, formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { sectionHtml, tableHtml } from '../report/html-parts'
import { createContext } from '../report/report-context'
import type { GroupAccuracy } from '../report/report-data'
import { disagreementSection } from '../report/sections/disagreement-section'
import { groupSection } from '../report/sections/group-section'
import { lengthSection } from '../report/sections/length-section'
import { reliabilitySection } from '../report/sections/reliability-section'
import { headlineOf, measuresOf } from './benchmark-measures'
import { benchmarkEntry } from './benchmark-names'
import type { BenchmarkEvaluation } from './evaluate-benchmark'
import { reasonLines } from './failure-reasons'
import { saysOfLength } from './pair-quality'
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

/** Whether a judge likes a place, and says the same in both orders. */
function orderSection({ position, consistency, settings }: JudgeQuality): string {
  const { front, back, gap, votes } = position
  const { orders } = consistency
  const shares = [
    ['Right, where the right response is shown first', front, votes.front],
    ['Right, where it is shown second', back, votes.back],
    ['Both orders name the same response', orders.consistent, orders.pairs],
    ['Both name the one shown first', orders.alwaysFirst, orders.pairs],
    ['Both name the one shown second', orders.alwaysSecond, orders.pairs],
  ] as const
  const rows = shares.flatMap(([name, share, count]) =>
    share.value === null ? [] : [{ cells: cells(name, share, count) }],
  )
  const bias =
    gap.value === null
      ? ''
      : `The position-bias gap is ${formatDecimal(100 * gap.value, 1)} points: 0 is no bias, 100 a judge that always names the first. `
  const ties = { half: 'A tie counts half', wrong: 'A tie counts as wrong', exclude: 'Ties are left out' }
  const lead = `${bias}${ties[settings.ties]}; what names neither nor says tie is left out. Intervals draw rows of the benchmark.`
  return rows.length > 0
    ? sectionHtml('order', 'Does the order matter?', lead, [tableHtml(columns, rows)])
    : ''
}

/** What is known of a judge of pairs beside its score. */
function qualitySections(quality: JudgeQuality, model: string): string[] {
  const { calibration, length } = quality
  const context = createContext({
    title: '',
    ...(calibration && { reliability: [{ model, bins: calibration.bins }] }),
    ...(length && { length: [{ model, length }] }),
  })
  return [
    orderSection(quality),
    calibration ? reliabilitySection([{ model, bins: calibration.bins }], context) : '',
    length && saysOfLength(length) ? lengthSection([{ model, length }], context) : '',
  ]
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
  const { report, reasons, notices } = evaluation
  const { title } = benchmarkEntry(planned.config.benchmark)
  const bounds = report.overall.interval ? ` (95 %: ${formatBounds(report.overall.interval)})` : ''
  return [
    `${title}, ${judge}: ${headlineOf(report)} ${formatPercent(report.overall.value)}${bounds} on ${formatCount(report.counts.rows)} rows.`,
    ...notices,
    ...reasonLines(reasons),
  ]
}

/** An evaluation on a benchmark as a page: numbers, parts, effects of order, and where judge and labels differ. */
export function benchmarkReport(page: BenchmarkPage): string {
  const { planned, evaluation, judge, command, config } = page
  const { report, quality, disagreements } = evaluation
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
      ...(quality ? qualitySections(quality, judge) : []),
      disagreementSection(disagreements),
    ],
    command,
    seed: report.seed,
    config,
  }
  return commandPage(parts)
}
