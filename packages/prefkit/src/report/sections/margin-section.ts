import * as Plot from '@observablehq/plot'
import { binMargins, type MarginBin } from '../bin-margins'
import { drawChart } from '../draw-chart'
import { formatCount, formatPercent } from '../format-number'
import { figureGrid, figureHtml, ofDataset, sectionHtml } from '../html-parts'
import type { ReportContext } from '../report-context'
import type { MarginSample } from '../report-data'

function marginFigure({ model, dataset, margins }: MarginSample, context: ReportContext): string {
  const { bins, gathered } = binMargins(margins)
  if (bins.length === 0) return ''
  const finite = margins.filter(Number.isFinite)
  const right = finite.filter((margin) => margin > 0).length / finite.length
  const outliers = gathered > 0 ? ` The end bars also hold ${formatCount(gathered)} farther out.` : ''
  const fill = ({ low }: MarginBin) => (low < 0 ? 'var(--wrong)' : context.look(model).color)
  return figureHtml({
    title: ofDataset(model, dataset, context),
    chart: drawChart({
      description: `Histogram of ${model}'s score margins; ${formatPercent(right)} are above 0`,
      height: 220,
      x: { label: 'chosen score − rejected score', ticks: 7 },
      y: { label: 'comparisons', grid: true, ticks: 4 },
      marks: [
        Plot.rectY(bins, { x1: 'low', x2: 'high', y: 'count', fill, insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleX([0], { stroke: 'currentColor' }),
      ],
    }),
    caption: `${formatPercent(right)} lie right of 0, where the model agrees with ${context.annotators}; bars on the left are mistakes, the farther left the surer.${outliers}`,
  })
}

/** Histograms of score margins, one chart a model and dataset. */
export function marginSection(samples: readonly MarginSample[], context: ReportContext): string {
  const figures = samples.map((sample) => marginFigure(sample, context))
  const lead =
    'How far apart the model scores the two responses of a comparison. Scores have no unit: compare shapes, not widths, between models.'
  return sectionHtml('margins', 'How sure is it, and when is it wrong?', lead, [figureGrid(figures)])
}
