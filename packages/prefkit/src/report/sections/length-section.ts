import * as Plot from '@observablehq/plot'
import { drawChart, labelMargin, shortName } from '../draw-chart'
import { formatCount, formatDecimal, formatPercent } from '../format-number'
import { type Column, figureGrid, figureHtml, ofDataset, sectionHtml, tableHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { LengthResult } from '../report-data'

const LONGEST = 20

const COLUMNS: Column[] = [
  { heading: 'Model' },
  { heading: 'Chosen is longer', title: 'Accuracy where the longer response was chosen', numeric: true },
  { heading: 'Chosen is shorter', title: 'Accuracy where the shorter response was chosen', numeric: true },
  {
    heading: 'Rank correlation',
    title: 'Spearman correlation of score difference and length difference, −1 to 1',
    numeric: true,
  },
]

const isUsable = ({ length: { chosenLonger, chosenShorter } }: LengthResult) =>
  Number.isFinite(chosenLonger.accuracy) && Number.isFinite(chosenShorter.accuracy)

function lengthFigure(dataset: string | undefined, rows: LengthResult[], context: ReportContext): string {
  const drawn = rows.filter(isUsable)
  if (drawn.length === 0) return ''
  const rule = drawn[0]!.length.longerWins.accuracy
  const names = drawn.map(({ model }) => model)
  const longer = ({ length }: LengthResult) => length.chosenLonger.accuracy
  const shorter = ({ length }: LengthResult) => length.chosenShorter.accuracy
  const color = ({ model }: LengthResult) => context.look(model).color
  return figureHtml({
    title: ofDataset('Longer and shorter', dataset, context),
    legend: [
      { name: 'the longer was chosen', color: 'currentColor', symbol: 'circle' },
      { name: 'the shorter was chosen', color: 'currentColor', symbol: 'hollow' },
    ],
    chart: drawChart({
      description: `Accuracy where the chosen response is longer and where it is shorter, for ${names.join(', ')}`,
      height: 62 + 34 * drawn.length,
      marginTop: 16,
      marginLeft: labelMargin(names, LONGEST),
      x: { label: 'accuracy (%)', percent: true, domain: [0, 100], grid: true, ticks: 5 },
      y: { label: null, domain: names, tickFormat: (name: string) => shortName(name, LONGEST), tickSize: 0 },
      marks: [
        Plot.ruleX([0.5], { stroke: 'var(--muted)', strokeDasharray: '3,3' }),
        Plot.ruleY(drawn, {
          y: 'model',
          x1: shorter,
          x2: longer,
          stroke: color,
          strokeWidth: 2,
          strokeOpacity: 0.5,
        }),
        Plot.dot(drawn, { y: 'model', x: longer, r: 6, fill: color }),
        Plot.dot(drawn, {
          y: 'model',
          x: shorter,
          r: 6,
          fill: 'var(--paper)',
          stroke: color,
          strokeWidth: 2,
        }),
      ],
    }),
    caption: `A model that judges content has its two marks close together. One that counts words is near 100 % where the longer response was chosen and near 0 % where the shorter was. Always preferring the longer would be right ${formatPercent(rule)} of the time.`,
  })
}

const lengthTable = (caption: string, rows: LengthResult[]) =>
  tableHtml(
    COLUMNS,
    rows.map(({ model, length: { chosenLonger, chosenShorter, spearman } }) => ({
      cells: [
        model,
        `${formatPercent(chosenLonger.accuracy)} of ${formatCount(chosenLonger.count)}`,
        `${formatPercent(chosenShorter.accuracy)} of ${formatCount(chosenShorter.count)}`,
        formatDecimal(spearman, 2),
      ],
    })),
    caption,
  )

/** How much each model follows length, a chart and a table a dataset. */
export function lengthSection(results: readonly LengthResult[], context: ReportContext): string {
  const parts = byDataset(results)
  const figures = parts.map(([dataset, rows]) => lengthFigure(dataset, rows, context))
  const tables = parts.map(([dataset, rows]) =>
    lengthTable(ofDataset('Accuracy by length', dataset, context), rows),
  )
  return sectionHtml('length', 'Is it only counting words?', '', [figureGrid(figures), ...tables])
}
