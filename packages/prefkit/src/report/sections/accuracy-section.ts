import * as Plot from '@observablehq/plot'
import { drawChart, labelMargin, shortName } from '../draw-chart'
import { formatBounds, formatCount, formatDecimal, formatPercent, formatSeconds } from '../format-number'
import { type Column, figureGrid, figureHtml, ofDataset, sectionHtml, tableHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { ModelResult } from '../report-data'

const LONGEST = 20

const COLUMNS: Column[] = [
  { heading: 'Model' },
  {
    heading: 'Accuracy',
    title: 'Share of unseen comparisons in which the model prefers the chosen response',
    numeric: true,
  },
  {
    heading: 'Interval',
    title:
      'Where the true accuracy plausibly lies, given how many comparisons there are; 95 % unless the summary says otherwise',
    numeric: true,
  },
  {
    heading: 'Log-loss',
    title: 'Penalty for sure and wrong probabilities; 0.693 is a coin flip, lower is better',
    numeric: true,
  },
  {
    heading: 'Calibration error',
    title: 'ECE: how far its stated probabilities are from what happens, on average',
    numeric: true,
  },
  { heading: 'Training', title: 'Time to train', numeric: true },
  { heading: 'Comparisons', title: 'Unseen comparisons it was tested on', numeric: true },
]

const byAccuracy = (a: ModelResult, b: ModelResult) => (b.accuracy || 0) - (a.accuracy || 0)

function accuracyChart(results: ModelResult[], { look }: ReportContext): string {
  const shown = results.filter(({ accuracy }) => Number.isFinite(accuracy)).sort(byAccuracy)
  if (shown.length === 0) return ''
  const bounded = shown.flatMap((result) =>
    result.interval && Number.isFinite(result.interval.low) ? [result] : [],
  )
  const edges = [
    0.5,
    ...shown.map(({ accuracy }) => accuracy),
    ...bounded.flatMap(({ interval }) => [interval!.low, interval!.high]),
  ]
  const names = shown.map(({ name }) => name)
  return drawChart({
    description: `Accuracy of ${shown.map(({ name, accuracy }) => `${name}: ${formatPercent(accuracy)}`).join('; ')}`,
    height: 62 + 34 * shown.length,
    marginTop: 16,
    marginLeft: labelMargin(names, LONGEST),
    marginRight: 24,
    x: {
      label: 'accuracy (%)',
      percent: true,
      domain: [Math.min(...edges) * 100 - 1, Math.max(...edges) * 100 + 2],
      grid: true,
      ticks: 5,
    },
    y: { label: null, domain: names, tickFormat: (name: string) => shortName(name, LONGEST), tickSize: 0 },
    marks: [
      Plot.ruleX([0.5], { stroke: 'var(--muted)', strokeDasharray: '3,3' }),
      Plot.ruleY(bounded, {
        y: 'name',
        x1: (d: ModelResult) => d.interval!.low,
        x2: (d: ModelResult) => d.interval!.high,
        stroke: (d: ModelResult) => look(d.name).color,
        strokeWidth: 5,
        strokeOpacity: 0.35,
        strokeLinecap: 'round',
      }),
      ...shown.map((result) =>
        Plot.dot([result], {
          y: 'name',
          x: 'accuracy',
          r: 6,
          symbol: look(result.name).symbol,
          stroke: look(result.name).color,
          strokeWidth: 2,
          fill: result.kind === 'baseline' ? 'var(--paper)' : look(result.name).color,
        }),
      ),
    ],
  })
}

function accuracyFigure(dataset: string | undefined, results: ModelResult[], context: ReportContext): string {
  const chart = accuracyChart(results, context)
  if (chart === '') return ''
  return figureHtml({
    title: ofDataset('Accuracy', dataset, context),
    chart,
    caption:
      'Each mark is a model; the bar behind it is its interval. Hollow marks are baselines. A coin flip sits on the dashed line at 50 %.',
  })
}

function resultTable(caption: string, results: ModelResult[]): string {
  const rows = [...results].sort(byAccuracy).map((result) => ({
    className: result.kind === 'baseline' ? 'baseline' : undefined,
    cells: [
      result.kind === 'baseline' ? `${result.name} (baseline)` : result.name,
      formatPercent(result.accuracy),
      formatBounds(result.interval),
      formatDecimal(result.logLoss),
      formatPercent(result.calibrationError),
      formatSeconds(result.trainingSeconds),
      formatCount(result.pairs),
    ],
  }))
  return tableHtml(COLUMNS, rows, caption)
}

/** The models and their baselines: one chart of accuracies and one table a dataset. */
export function accuracySection(models: readonly ModelResult[], context: ReportContext): string {
  const parts = byDataset(models)
  const figures = parts.map(([dataset, results]) => accuracyFigure(dataset, results, context))
  const tables = parts.map(([dataset, results]) =>
    resultTable(ofDataset('Results', dataset, context), results),
  )
  const lead = `Accuracy is how often a model prefers the response that ${context.annotators} preferred, on comparisons it never saw. Log-loss punishes being sure and wrong (a coin flip scores 0.693; lower is better). Calibration error is how far, on average, its stated probabilities are from what happened.`
  return sectionHtml('models', 'How good are the models?', lead, [figureGrid(figures), ...tables])
}
