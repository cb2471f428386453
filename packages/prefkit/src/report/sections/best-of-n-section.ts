import * as Plot from '@observablehq/plot'
import { drawable, drawChart } from '../draw-chart'
import { figureGrid, figureHtml, modelLegend, ofDataset, sectionHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { BestOfNResult } from '../report-data'

/** Interval of the improvement, moved up by the base so that it lies around the curve. */
const pointsOf = ({ curve: { base, points } }: BestOfNResult) =>
  drawable(
    points.map(({ n, mean, oracle, interval }) => ({
      n,
      mean,
      oracle,
      low: base + interval.low,
      high: base + interval.high,
    })),
  )

function bestOfNFigure(
  dataset: string | undefined,
  rows: BestOfNResult[],
  golden: string,
  context: ReportContext,
): string {
  const drawn = rows.filter((row) => pointsOf(row).length > 0)
  const [first] = drawn
  if (!first) return ''
  const marks = drawn.flatMap((row) => {
    const { color, symbol } = context.look(row.model)
    const points = pointsOf(row)
    return [
      Plot.areaY(points, { x: 'n', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.14 }),
      Plot.lineY(points, { x: 'n', y: 'mean', stroke: color, strokeWidth: 2.25 }),
      Plot.dot(points, { x: 'n', y: 'mean', fill: color, symbol, r: 3.5 }),
    ]
  })
  const legend = [
    ...modelLegend(
      drawn.map(({ model }) => model),
      context,
    ),
    { name: 'a perfect judge', color: 'var(--muted)', dashed: true },
  ]
  return figureHtml({
    title: ofDataset('Best of n', dataset, context),
    legend,
    chart: drawChart({
      description: `Mean ${golden} of the best of n responses as picked by ${drawn.map(({ model }) => model).join(', ')}`,
      height: 320,
      x: {
        label: 'n, responses to pick from',
        type: 'log',
        base: 2,
        ticks: pointsOf(first).map(({ n }) => n),
        tickFormat: String,
        grid: false,
      },
      y: { label: golden, grid: true, ticks: 6 },
      marks: [
        Plot.ruleY([first.curve.base], { stroke: 'var(--muted)' }),
        Plot.lineY(pointsOf(first), { x: 'n', y: 'oracle', stroke: 'var(--muted)', strokeDasharray: '4,3' }),
        ...marks,
      ],
    }),
    caption: `For each prompt the model picks its favourite of n responses; the height is the mean ${golden} of its picks, averaged over all ways to draw n. The level line is a random pick, the dashed line a perfect judge. Bands are intervals over ${first.curve.prompts.toLocaleString('en-US')} prompts. A curve that bends down is being fooled by its own favourites.`,
  })
}

/** Best-of-n curves, one chart a dataset. */
export function bestOfNSection(
  results: readonly BestOfNResult[],
  goldenName: string,
  context: ReportContext,
): string {
  const figures = byDataset(results).map(([dataset, rows]) =>
    bestOfNFigure(dataset, rows, goldenName, context),
  )
  const lead = 'Does picking by the model’s score find better responses?'
  return sectionHtml('best-of-n', 'What happens when it picks the best of many?', lead, [figureGrid(figures)])
}
