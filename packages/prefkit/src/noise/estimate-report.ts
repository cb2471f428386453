import * as Plot from '@observablehq/plot'
import type { Estimate } from '@prefkit/noise'
import { commandPage } from '../report/command-page'
import { drawChart } from '../report/draw-chart'
import { formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { type Column, figureGrid, figureHtml, sectionHtml, tableHtml } from '../report/html-parts'
import type { AnnotatorEstimate, NoiseEstimate } from './estimate-noise'
import { modelMeanings, modelTitles } from './fit-abilities'

/** Most annotators that the table lists: the best and the worst of them. */
const listed = 40

/** Widths of the bars of the ability histogram, in the share that is right. */
const barWidth = 0.025

function abilityFigure({ abilities, labels, model }: NoiseEstimate): string {
  const values = abilities.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]))
  if (values.length === 0) return ''
  const bars = [...Map.groupBy(values, (value) => Math.min(Math.floor(value / barWidth), 1 / barWidth - 1))]
    .map(([bar, own]) => ({ low: bar * barWidth, high: (bar + 1) * barWidth, count: own.length }))
    .sort((a, b) => a.low - b.low)
  return figureHtml({
    title: 'Ability of annotators',
    chart: drawChart({
      description: `Histogram of the probability of being right of ${values.length} annotators`,
      height: 240,
      x: { label: 'probability of being right (%)', percent: true, ticks: 7 },
      y: { label: 'annotators', grid: true, ticks: 4 },
      marks: [
        Plot.rectY(bars, {
          x1: 'low',
          x2: 'high',
          y: 'count',
          fill: 'var(--series-1)',
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        Plot.ruleX([1 / labels.length], { stroke: 'var(--muted)', strokeDasharray: '3,3' }),
        Plot.ruleY([0]),
      ],
    }),
    caption: `By ${modelTitles[model]}, from votes alone: ${modelMeanings[model]}. Annotators with few votes are drawn to what is assumed of all. Left of the dashed line is worse than a label at random.`,
  })
}

function votesFigure(abilities: readonly AnnotatorEstimate[]): string {
  const points = abilities.flatMap(({ annotator, votes, accuracy }) =>
    accuracy === null ? [] : [{ annotator: `${annotator}`, votes, accuracy }],
  )
  if (points.length < 2) return ''
  const most = Math.max(...points.map(({ votes }) => votes))
  return figureHtml({
    title: 'Ability and diligence',
    chart: drawChart({
      description: 'Probability of being right by number of votes, a mark an annotator',
      height: 240,
      x: {
        type: 'log',
        label: 'votes',
        domain: [1, most],
        ticks: 5,
        tickFormat: (n: number) => formatCount(n),
      },
      y: { label: 'probability of being right (%)', percent: true, grid: true, ticks: 5 },
      marks: [
        Plot.dot(points, {
          x: 'votes',
          y: 'accuracy',
          r: points.length > 200 ? 1.8 : 3.5,
          fill: 'var(--series-1)',
          fillOpacity: 0.5,
          ...(points.length <= 200 && { title: 'annotator' }),
        }),
      ],
    }),
    caption:
      'Each mark is an annotator. What can be said of those on the left is mostly what was assumed of all.',
  })
}

function differenceFigure({ differences }: NoiseEstimate): string {
  if (differences.length < 2) return ''
  const agreeing = differences.flatMap(({ difference, agreement }) =>
    agreement === null ? [] : [{ difference, share: agreement }],
  )
  const right = differences.map(({ difference, right: share }) => ({ difference, share }))
  const implied = differences.flatMap(({ difference, implied: share }) =>
    share === null ? [] : [{ difference, share }],
  )
  const series = [
    { name: 'two votes agree', points: agreeing, color: 'var(--series-1)', symbol: 'circle' },
    { name: 'a vote is right', points: right, color: 'var(--series-2)', symbol: 'square' },
    { name: 'right, as β implies', points: implied, color: 'var(--series-3)', symbol: 'triangle' },
  ] as const
  return figureHtml({
    title: 'Agreement by difference',
    legend: series.map(({ name, color, symbol }) => ({ name, color, symbol })),
    chart: drawChart({
      description: 'Share of agreeing votes and of right votes by the difference of the scores',
      x: { label: '|Δr|', ticks: 6 },
      y: { label: 'share (%)', percent: true, grid: true, ticks: 6 },
      marks: series.flatMap(({ points, color, symbol }) => [
        Plot.lineY(points, { x: 'difference', y: 'share', stroke: color, strokeWidth: 1.5 }),
        Plot.dot(points, { x: 'difference', y: 'share', symbol, fill: color, r: 4 }),
      ]),
    }),
    caption:
      'Items in bins of equal size by how far apart their two scores are. Annotators who err by difficulty rise from a half; flips at random keep both flat. Where β fits, its marks lie on those of right votes.',
  })
}

const estimateCell = (estimate: Estimate | null, percent: boolean): string[] => {
  const show = (value: number | undefined) => (percent ? formatPercent(value) : formatDecimal(value))
  return [show(estimate?.value), show(estimate?.standardError)]
}

function measureTable(result: NoiseEstimate): string {
  const { agreement, flipRate, withOthers, fleissKappa, krippendorffAlpha, wrong, beta } = result
  const rows: [string, Estimate | null, boolean][] = [
    ['Two votes agree', agreement, true],
    ['Flip rate that implies', flipRate, true],
    ['A vote is what most others say', withOthers, true],
    ['Fleiss’ κ', fleissKappa, false],
    ['Krippendorff’s α', krippendorffAlpha, false],
    ...(wrong ? ([['Wrong against the scores, counted', wrong, true]] as [string, Estimate, boolean][]) : []),
    ...(beta
      ? ([
          ['β', { value: beta.beta, standardError: beta.standardError }, false],
          ['Wrong as β implies', { value: beta.errorRate, standardError: beta.errorRateStandardError }, true],
        ] as [string, Estimate, boolean][])
      : []),
  ]
  return tableHtml(
    [
      { heading: 'Measure' },
      { heading: 'Value', numeric: true },
      { heading: '± standard error', numeric: true },
    ],
    rows.map(([name, estimate, percent]) => ({ cells: [name, ...estimateCell(estimate, percent)] })),
  )
}

function abilityTable({ abilities, model }: NoiseEstimate): string {
  const sorted = abilities.toSorted((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1))
  const half = listed / 2
  const shown = sorted.length <= listed ? sorted : [...sorted.slice(0, half), ...sorted.slice(-half)]
  const withBeta = shown.some(({ beta }) => beta !== null)
  const columns: Column[] = [
    { heading: 'Annotator' },
    { heading: 'Votes', numeric: true },
    { heading: 'Right', title: `${modelTitles[model]}: ${modelMeanings[model]}`, numeric: true },
    { heading: '±', title: 'Standard error', numeric: true },
    { heading: 'With others', title: 'Share of votes that most of the others agree with', numeric: true },
    ...(withBeta ? [{ heading: 'β', numeric: true }] : []),
  ]
  const caption =
    sorted.length <= listed
      ? 'Annotators, best first'
      : `The ${half} best and ${half} worst of ${sorted.length} annotators`
  const rows = shown.map((each) => ({
    cells: [
      `${each.annotator}`,
      formatCount(each.votes),
      formatPercent(each.accuracy),
      formatPercent(each.accuracyError),
      formatPercent(each.withOthers),
      ...(withBeta ? [formatDecimal(each.beta)] : []),
    ],
  }))
  return tableHtml(columns, rows, caption)
}

const lead =
  'Agreement and the flip rate leave out ties; κ and α take a tie as a label of its own. The flip rate supposes that all annotators and all items are alike, which they hardly are: it is the number for a simulation that has one rate. Standard errors are over items, whose votes may depend on each other.'

function summaryOf({ votes, items, annotators, agreement, flipRate, wrong, beta }: NoiseEstimate): string[] {
  const about = (estimate: Estimate) =>
    `${formatPercent(estimate.value)} ± ${formatPercent(estimate.standardError)}`
  const size = `${formatCount(votes)} votes by ${formatCount(annotators)} annotators on ${formatCount(items)} items.`
  return [
    size,
    ...(agreement ? [`Two votes on one item agree in ${about(agreement)} of cases.`] : []),
    ...(flipRate ? [`That is as if ${about(flipRate)} of right answers had been flipped at random.`] : []),
    ...(wrong ? [`Against the scores, ${about(wrong)} of labels are wrong.`] : []),
    ...(beta ? [`β = ${formatDecimal(beta.beta)} implies that ${formatPercent(beta.errorRate)} are.`] : []),
  ]
}

const noteSection = (id: string, title: string, heading: string, notes: readonly string[]): string =>
  sectionHtml(
    id,
    title,
    '',
    notes.length === 0
      ? []
      : [
          tableHtml(
            [{ heading }],
            notes.map((note) => ({ cells: [note] })),
          ),
        ],
  )

/** What was estimated of annotators, as a page. */
export function estimateReport(result: NoiseEstimate, files: readonly string[], command: string): string {
  const { abilities, notes, remarks } = result
  return commandPage({
    title: 'How noisy are the annotators?',
    subtitle: `Votes of ${files.join(', ')}.`,
    summary: summaryOf(result),
    sections: [
      sectionHtml('agreement', 'Do they agree?', lead, [
        measureTable(result),
        figureGrid([differenceFigure(result)]),
      ]),
      sectionHtml('abilities', 'Who can be trusted?', '', [
        figureGrid([abilityFigure(result), votesFigure(abilities)]),
        abilityTable(result),
      ]),
      noteSection('remarks', 'What to know', 'Remark', remarks),
      noteSection('notes', 'What could not be estimated', 'Reason', notes),
    ],
    command,
  })
}
