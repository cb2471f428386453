import * as Plot from '@observablehq/plot'
import { drawable, drawChart } from '../draw-chart'
import { figureGrid, figureHtml, modelLegend, ofDataset, sectionHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { LearningCurve } from '../report-data'

type Key = 'trainLoss' | 'validationLoss' | 'validationAccuracy'

const pointsOf = ({ points }: LearningCurve, key: Key) =>
  drawable(
    points.flatMap((point) => (point[key] === undefined ? [] : [{ step: point.step, value: point[key] }])),
  )

const line = (curve: LearningCurve, key: Key, color: string, dashed: boolean) =>
  Plot.lineY(pointsOf(curve, key), {
    // One epoch is no line; a mark shows it.
    marker: pointsOf(curve, key).length === 1 ? 'dot' : undefined,
    x: 'step',
    y: 'value',
    stroke: color,
    strokeWidth: dashed ? 1.5 : 2.25,
    strokeDasharray: dashed ? '4,3' : undefined,
  })

/** The step whose weights were kept, ringed. */
const kept = (curve: LearningCurve, key: Key, { look }: ReportContext) =>
  Plot.dot(
    pointsOf(curve, key).filter(({ step }) => step === curve.bestStep),
    {
      x: 'step',
      y: 'value',
      r: 5,
      stroke: look(curve.model).color,
      strokeWidth: 2,
      fill: 'var(--paper)',
    },
  )

function lossFigure(dataset: string | undefined, curves: LearningCurve[], context: ReportContext): string {
  const drawn = curves.filter(
    (curve) => pointsOf(curve, 'trainLoss').length + pointsOf(curve, 'validationLoss').length > 0,
  )
  if (drawn.length === 0) return ''
  const color = (curve: LearningCurve) => context.look(curve.model).color
  return figureHtml({
    title: ofDataset('Loss', dataset, context),
    legend: modelLegend(
      drawn.map(({ model }) => model),
      context,
    ),
    chart: drawChart({
      description: `Training and validation loss of ${drawn.map(({ model }) => model).join(', ')}`,
      x: { label: drawn[0]!.stepName ?? 'epoch', ticks: 6 },
      y: { label: 'loss (nats)', grid: true, ticks: 5 },
      marks: drawn.flatMap((curve) => [
        line(curve, 'trainLoss', color(curve), true),
        line(curve, 'validationLoss', color(curve), false),
        kept(curve, 'validationLoss', context),
      ]),
    }),
    caption:
      'Dashed: on the comparisons it learns from. Solid: on held-out ones. When the solid line turns up while the dashed one falls, the model has begun to memorise. The ring marks the weights that were kept.',
  })
}

function accuracyFigure(
  dataset: string | undefined,
  curves: LearningCurve[],
  context: ReportContext,
): string {
  const drawn = curves.filter((curve) => pointsOf(curve, 'validationAccuracy').length > 0)
  if (drawn.length === 0) return ''
  return figureHtml({
    title: ofDataset('Validation accuracy', dataset, context),
    legend: modelLegend(
      drawn.map(({ model }) => model),
      context,
    ),
    chart: drawChart({
      description: `Validation accuracy of ${drawn.map(({ model }) => model).join(', ')} while training`,
      x: { label: drawn[0]!.stepName ?? 'epoch', ticks: 6 },
      y: { label: 'accuracy (%)', percent: true, grid: true, ticks: 5 },
      marks: drawn.flatMap((curve) => [
        line(curve, 'validationAccuracy', context.look(curve.model).color, false),
        kept(curve, 'validationAccuracy', context),
      ]),
    }),
    caption:
      'Share of held-out comparisons decided as their labels say, as training goes on. The ring marks the weights that were kept.',
  })
}

/** Learning curves: loss and validation accuracy, a pair of charts a dataset. */
export function learningSection(curves: readonly LearningCurve[], context: ReportContext): string {
  const figures = byDataset(curves).flatMap(([dataset, rows]) => [
    lossFigure(dataset, rows, context),
    accuracyFigure(dataset, rows, context),
  ])
  return sectionHtml('learning', 'How did they learn?', '', [figureGrid(figures)])
}
