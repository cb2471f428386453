import * as Plot from '@observablehq/plot'
import { drawChart } from '../../draw-chart'
import { figureHtml } from '../../html-parts'
import { evaluationsOf } from '../evaluations'
import { outcomesOf } from '../outcomes'
import type { RunData } from '../run-data'
import { numberAt } from '../step-series'
import { groupLook } from './group-curves'
import type { RunGroup } from './run-groups'
import { type SeedMean, seedMean } from './seed-interval'

/** Where a group is at an evaluation: how far from the reference, and with what golden reward. */
interface FrontierPoint extends SeedMean {
  readonly step: number
  readonly kl: number
}

function measuredOf(run: RunData): Map<number, { readonly kl: number; readonly golden: number }> {
  const { kl, golden } = outcomesOf(run.settings)
  const known = evaluationsOf(run).flatMap(({ step, record }) => {
    const [x, y] = [numberAt(record, kl.evaluated), numberAt(record, golden.evaluated)]
    return x === undefined || y === undefined ? [] : [[step, { kl: x, golden: y }] as const]
  })
  return new Map(known)
}

/** The means of a group over its seeds, at the steps at which all of them were evaluated. */
function pathOf({ runs }: RunGroup): FrontierPoint[] {
  const measured = runs.map(measuredOf)
  return [...(measured[0]?.keys() ?? [])].flatMap((step) => {
    const points = measured.flatMap((run) => run.get(step) ?? [])
    const golden = seedMean(points.map((point) => point.golden))
    if (points.length < runs.length || !golden) return []
    return [{ step, kl: points.reduce((sum, { kl }) => sum + kl, 0) / points.length, ...golden }]
  })
}

/** Whether two groups at least were evaluated by both numbers, twice. */
export const hasFrontier = (groups: readonly RunGroup[]): boolean =>
  groups.filter((group) => pathOf(group).length > 1).length > 1

/** The golden reward over the divergence from the reference, a path for each group. */
export function frontierFigure(groups: readonly RunGroup[]): string {
  const paths = groups
    .map((group, i) => ({ name: group.label, points: pathOf(group), ...groupLook(i) }))
    .filter(({ points }) => points.length > 1)
  const isBanded = paths.some(({ points }) => points.some(({ count }) => count > 1))
  const bars = isBanded ? ' Means over seeds, with 95 % intervals of the golden reward.' : ''
  return figureHtml({
    title: 'Golden reward at equal divergence',
    legend: paths.map(({ name, color, dashed }) => ({ name, color, dashed })),
    chart: drawChart({
      description: `Golden reward over the divergence from the reference: ${paths.map(({ name }) => name).join('; ')}`,
      x: { label: 'KL from the reference (nats a response)', ticks: 6, grid: true },
      y: { label: 'golden reward', ticks: 5, grid: true },
      marks: paths.flatMap(({ points, color, dashed }) => [
        Plot.ruleX(points, {
          x: 'kl',
          y1: 'low',
          y2: 'high',
          stroke: color,
          strokeOpacity: 0.3,
          strokeWidth: 3,
        }),
        Plot.line(points, {
          ...{ x: 'kl', y: 'mean', stroke: color, strokeWidth: 1.75 },
          ...(dashed && { strokeDasharray: '4,3' }),
        }),
        Plot.dot(points, { x: 'kl', y: 'mean', fill: color, r: 3 }),
      ]),
    }),
    caption: `At the same distance from the reference, the higher path is the better one; one that bends down is over-optimised (2210.10760).${bars}`,
  })
}
