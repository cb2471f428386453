import * as Plot from '@observablehq/plot'
import { drawChart } from '../../draw-chart'
import { figureHtml } from '../../html-parts'
import { SERIES_COLORS } from '../../report-context'
import { type StepPoint, smoothPoints, thinPoints } from '../../thin-points'
import { lineColor } from '../draw-curves'
import { type RunData, recordsOf } from '../run-data'
import { firstName, seriesOf } from '../step-series'
import type { RunGroup } from './run-groups'
import { type SeedMean, seedMean } from './seed-interval'

/** A number over steps that groups are compared by. */
export interface ComparedCurve {
  readonly title: string
  readonly label: string
  /** The stage that it is of: others may log another thing under the same name. */
  readonly stage: string
  /** The first of these that the stage has logged. */
  readonly names: (run: RunData) => readonly string[]
  readonly percent?: boolean
  readonly caption: string
}

/** Where a group is at a step. */
interface BandPoint extends SeedMean {
  readonly step: number
}

/** The bands of more groups than this are paler: they lie over each other. */
const clearBands = 4

/** Points of noisy curves are their running means over so many of them. */
const smoothOver = 24

/** The curve of a run, smoothed where it is of steps, not of evaluations. */
function runCurve(run: RunData, { stage, names }: ComparedCurve): StepPoint[] {
  const records = recordsOf(run, stage)
  const name = firstName(records, names(run))
  if (name === undefined) return []
  const points = thinPoints(seriesOf(records, name))
  return name.startsWith('eval_') ? points : smoothPoints(points, Math.round(points.length / smoothOver))
}

/** The mean of a group's runs at each step that all of them have made. */
function bandOf({ runs }: RunGroup, compared: ComparedCurve): BandPoint[] {
  const curves = runs.map((run) => runCurve(run, compared)).filter(({ length }) => length > 0)
  const steps = (curves[0] ?? []).map(({ step }) => step)
  return steps.flatMap((step) => {
    const values = curves.map((curve) => curve.find((point) => point.step === step)?.value)
    const mean = values.includes(undefined) ? undefined : seedMean(values)
    return mean ? [{ step, ...mean }] : []
  })
}

/** How a group is drawn: more groups than colours are dashed. */
export const groupLook = (index: number) => ({
  color: lineColor(index),
  dashed: index >= SERIES_COLORS,
})

/** Whether two groups at least have logged it. */
export const hasCurves = (groups: readonly RunGroup[], curve: ComparedCurve): boolean =>
  groups.filter((group) => bandOf(group, curve).length > 1).length > 1

/** A number over steps: a line for each group, its mean over seeds, in the band of its interval. */
export function groupCurvesFigure(groups: readonly RunGroup[], curve: ComparedCurve): string {
  const { title, label, percent, caption } = curve
  const drawn = groups
    .map((group, i) => ({ name: group.label, points: bandOf(group, curve), ...groupLook(i) }))
    .filter(({ points }) => points.length > 0)
  const isBanded = drawn.some(({ points }) => points.some(({ count }) => count > 1))
  return figureHtml({
    title,
    legend: drawn.map(({ name, color, dashed }) => ({ name, color, dashed })),
    chart: drawChart({
      description: `${title}: ${drawn.map(({ name }) => name).join('; ')}`,
      x: { label: 'step', ticks: 6 },
      y: { label: percent ? `${label} (%)` : label, grid: true, ticks: 5, ...(percent && { percent }) },
      marks: drawn.flatMap(({ points, color, dashed }) => [
        Plot.areaY(points, {
          x: 'step',
          y1: 'low',
          y2: 'high',
          fill: color,
          fillOpacity: drawn.length > clearBands ? 0.05 : 0.13,
        }),
        Plot.lineY(points, {
          ...{ x: 'step', y: 'mean', stroke: color, strokeWidth: 1.9 },
          ...(dashed && { strokeDasharray: '4,3' }),
        }),
      ]),
    }),
    caption: isBanded ? `${caption} Lines are means over seeds, bands their 95 % intervals.` : caption,
  })
}
