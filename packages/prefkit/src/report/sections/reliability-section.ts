import * as Plot from '@observablehq/plot'
import { drawable, drawChart } from '../draw-chart'
import { figureGrid, figureHtml, modelLegend, ofDataset, sectionHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { ReliabilityDiagram } from '../report-data'

type Point = { predicted: number; observed: number; count: number; low: number; high: number }

const pointsOf = ({ bins }: ReliabilityDiagram): Point[] =>
  drawable(
    bins.map(({ predicted, observed, count, interval }) => ({
      predicted,
      observed,
      count,
      low: interval.low,
      high: interval.high,
    })),
  )

function reliabilityFigure(
  dataset: string | undefined,
  rows: ReliabilityDiagram[],
  context: ReportContext,
): string {
  const drawn = rows.filter((row) => pointsOf(row).length > 0)
  if (drawn.length === 0) return ''
  const lowest = Math.min(
    0.5,
    ...drawn.flatMap((row) => pointsOf(row).flatMap(({ predicted, observed }) => [predicted, observed])),
  )
  const bottom = Math.min(lowest, 0.4)
  const largest = Math.max(...drawn.flatMap((row) => pointsOf(row).map(({ count }) => count)))
  const marks = drawn.flatMap((row) => {
    const { color, symbol } = context.look(row.model)
    const points = pointsOf(row)
    return [
      Plot.ruleX(points, {
        x: 'predicted',
        // Clamped by hand: a clip of the plot's own numbers its ids anew for each page.
        y1: ({ low }: Point) => Math.max(low, bottom),
        y2: 'high',
        stroke: color,
        strokeOpacity: 0.45,
        strokeWidth: 1.5,
      }),
      Plot.lineY(points, { x: 'predicted', y: 'observed', stroke: color, strokeWidth: 1.5 }),
      Plot.dot(points, {
        x: 'predicted',
        y: 'observed',
        symbol,
        fill: color,
        r: ({ count }: Point) => 2.5 + 4.5 * Math.sqrt(count / largest),
      }),
    ]
  })
  return figureHtml({
    title: ofDataset('Stated and actual confidence', dataset, context),
    legend: modelLegend(
      drawn.map(({ model }) => model),
      context,
    ),
    chart: drawChart({
      description: `Reliability diagram of ${drawn.map(({ model }) => model).join(', ')}`,
      height: 320,
      x: { label: 'how sure the model says it is (%)', percent: true, domain: [100 * lowest, 100], ticks: 5 },
      y: {
        label: 'how often it is right (%)',
        percent: true,
        domain: [100 * bottom, 100],
        grid: true,
        ticks: 6,
      },
      r: { type: 'identity' },
      marks: [
        Plot.line(
          [
            [lowest, lowest],
            [1, 1],
          ],
          { stroke: 'var(--muted)', strokeDasharray: '3,3' },
        ),
        ...marks,
      ],
    }),
    caption:
      'On the dashed line, a model that says 80 % is right 80 % of the time. Below it the model is too sure of itself, above it too modest. Larger marks hold more comparisons; thin lines are intervals.',
  })
}

/** Reliability diagrams, one chart a dataset. */
export function reliabilitySection(diagrams: readonly ReliabilityDiagram[], context: ReportContext): string {
  const figures = byDataset(diagrams).map(([dataset, rows]) => reliabilityFigure(dataset, rows, context))
  const lead = 'A reward model also says how sure it is: the difference of two scores is a win probability.'
  return sectionHtml('calibration', 'Can its confidence be trusted?', lead, [figureGrid(figures)])
}
