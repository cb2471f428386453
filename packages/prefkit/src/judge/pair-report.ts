import * as Plot from '@observablehq/plot'
import { promptText } from '@prefkit/datasets'
import type { Reading } from '@prefkit/judges'
import { commandPage } from '../report/command-page'
import { drawChart } from '../report/draw-chart'
import { formatBounds, formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { figureGrid, figureHtml, sectionHtml, tableHtml } from '../report/html-parts'
import { createContext } from '../report/report-context'
import type { Bounds } from '../report/report-data'
import { type Disagreement, disagreementSection } from '../report/sections/disagreement-section'
import { groupSection } from '../report/sections/group-section'
import type { JudgePairsRun } from './judge-pairs'
import { leftOut } from './left-out'
import type { JudgeMetaEvaluation } from './meta-evaluate'
import type { PairSummary } from './pair-summary'
import { resumeCommand } from './resume-command'
import { type Judged, type PairTally, probabilityForLabel } from './tally-pairs'

/** A share as a row: of the verdicts, or of single answers. */
interface Row {
  readonly name: string
  readonly value: number | null
  readonly interval: Bounds | null
  readonly of?: number
}

const measures = ({ accuracy, quality }: PairSummary): readonly Row[] => {
  if (!quality) return []
  const { position, consistency } = quality
  const { front, back, gap, firstChosen, votes } = position
  const { orders } = consistency
  return [
    ...(accuracy ? [{ name: 'Agrees with the data', ...accuracy, of: accuracy.trials }] : []),
    ...(orders.pairs > 0
      ? [
          { name: 'Single answers right, the better response first', ...front, of: votes.front },
          { name: 'Single answers right, the better response second', ...back, of: votes.back },
          { name: 'Gap between these', ...gap },
          { name: 'Both orders say the same', ...orders.consistent, of: orders.pairs },
          { name: 'Prefers the one shown first', ...firstChosen },
        ]
      : []),
  ]
}

function shareTable(summary: PairSummary): string {
  const shown = measures(summary).filter(({ value }) => value !== null)
  if (shown.length === 0) return ''
  return tableHtml(
    [
      { heading: 'Measure' },
      { heading: 'Share', numeric: true },
      { heading: '95 %', numeric: true },
      { heading: 'Of', numeric: true },
    ],
    shown.map(({ name, value, interval, of }) => ({
      cells: [name, formatPercent(value), formatBounds(interval), of === undefined ? '' : formatCount(of)],
    })),
  )
}

const chanceRows = ({ chanceCorrected: { labels, orders, votes } }: JudgeMetaEvaluation) =>
  [
    ['Cohen’s κ with the data', labels.cohenKappa],
    ['Krippendorff’s α with the data', labels.krippendorffAlpha],
    ['Cohen’s κ of one order with the other', orders],
    ['Fleiss’ κ of votes on one question', votes],
  ] as const

/** Agreement less that of chance. */
function chanceTable({ quality }: PairSummary): string {
  const shown = quality ? chanceRows(quality).filter(([, { value }]) => value !== null) : []
  if (shown.length === 0) return ''
  return tableHtml(
    [
      { heading: 'Agreement less chance' },
      { heading: 'Value', numeric: true },
      { heading: '± standard error', numeric: true },
      { heading: 'Of', numeric: true },
    ],
    shown.map(([name, { value, standardError, items }]) => ({
      cells: [name, formatDecimal(value), formatDecimal(standardError), formatCount(items)],
    })),
  )
}

/** How sure the judge was, and how often it was right then. */
function surenessFigure({ sureness: values }: PairTally): string {
  if (values.length < 2) return ''
  const isLabelled = values.some((each) => each.isLabelled)
  const what = isLabelled ? 'probability given to the better response' : 'probability given to response a'
  return figureHtml({
    title: 'How sure is the judge?',
    chart: drawChart({
      description: `Pairs by the ${what}`,
      x: { label: `${what} (%)`, percent: true, domain: [0, 100] },
      y: { label: 'pairs', grid: true },
      marks: [
        Plot.rectY(
          values.map(({ p }) => ({ p })),
          {
            ...Plot.binX({ y: 'count' }, { x: 'p', thresholds: 20 }),
            fill: 'var(--series-1)',
          },
        ),
        Plot.ruleX([0.5], { stroke: 'var(--muted)', strokeDasharray: '3,3' }),
      ],
    }),
    caption: isLabelled
      ? 'Pairs to the right of the dashed line are decided as the data has them; those far to the left are sure mistakes, of the judge or of the labels.'
      : 'A heap in the middle is a judge that cannot tell, or whose two orders cancel.',
  })
}

function headingOf({ first, winProbability, reason }: Reading, label: 'a' | 'b'): string {
  const shown =
    first === undefined ? '' : `${first === label ? 'labelled better' : 'labelled worse'} shown first: `
  if (winProbability === undefined) return `${shown}no answer, ${reason ?? 'without a reason'}`
  const better = label === 'a' ? winProbability : 1 - winProbability
  return `${shown}${formatPercent(better)} for the labelled one`
}

const opinionOf = (better: number | undefined): Pick<Disagreement, 'opinion' | 'sureness'> =>
  better === undefined
    ? { opinion: 'the judge has no answer', sureness: 0 }
    : { opinion: `the judge gives the labelled one ${formatPercent(better)}`, sureness: 0.5 - better }

function disagreementOf(judged: Judged): Disagreement[] {
  const { pair, judgement } = judged
  const { id, item, label, source } = pair
  if (label === undefined || label === 'tie') return []
  return [
    {
      id,
      group: source,
      prompt: promptText(item),
      chosen: item[label],
      rejected: item[label === 'a' ? 'b' : 'a'],
      ...opinionOf(probabilityForLabel(judged)),
      readings: judgement.readings.map((reading) => ({
        heading: headingOf(reading, label),
        text: reading.text,
      })),
    },
  ]
}

function sentences({ judge, rows }: JudgePairsRun, summary: PairSummary): string[] {
  const { accuracy, quality, pairs, verdicts, failed } = summary
  const silent = verdicts.abstained + failed
  const orders = quality?.consistency.orders
  const position = quality?.position
  const places =
    position?.gap.value == null
      ? ''
      : `; it is right in ${formatPercent(position.front.value)} of cases with the better response first, and in ${formatPercent(position.back.value)} with it second`
  return [
    `${judge} judged ${formatCount(pairs)} pairs${silent > 0 ? `, ${formatCount(silent)} of them without an answer` : ''}.`,
    ...(leftOut(rows) === '' ? [] : [`Left out: ${leftOut(rows)}.`]),
    ...(accuracy
      ? [`It agrees with the data on ${formatPercent(accuracy.value)} (${formatBounds(accuracy.interval)}).`]
      : []),
    ...(orders && orders.pairs > 0
      ? [
          `Shown the responses the other way round, it says the same of ${formatPercent(orders.consistent.value)}${places}.`,
        ]
      : []),
  ]
}

/** What a judge said of pairs, as a page: how far it is to be trusted, and where it differs from the data. */
export function pairReport(result: JudgePairsRun, summary: PairSummary, tally: PairTally): string {
  const { config, judge, run } = result
  const { surest, count } = tally.disagreements()
  const groups = (summary.sources ?? []).map(({ source, accuracy: { value, trials, interval } }) => ({
    model: judge,
    group: source || '(none)',
    pairs: trials,
    accuracy: value,
    interval,
  }))
  const context = createContext({ title: '', groupAccuracy: groups })
  return commandPage({
    title: 'Judged pairs',
    subtitle: `${judge} on ${config.files.join(', ')}.`,
    summary: sentences(result, summary),
    sections: [
      sectionHtml('quality', 'How good is the judge?', '', [
        shareTable(summary),
        chanceTable(summary),
        figureGrid([surenessFigure(tally)]),
      ]),
      groupSection(groups, 'source', context),
      disagreementSection(surest.flatMap(disagreementOf), count),
    ],
    command: resumeCommand('judge pairwise', run),
    seed: config.judge.seed,
    config,
  })
}
