import * as Plot from '@observablehq/plot'
import { drawChart } from '../../draw-chart'
import { figureHtml } from '../../html-parts'
import { constantDomain, inText, lineColor } from '../draw-curves'
import type { RunData } from '../run-data'
import { settingAt, settingText } from '../run-settings'
import type { FinalNumber } from './final-numbers'
import { groupRuns } from './run-groups'
import { type SeedMean, seedMean } from './seed-interval'

/** Numbers of runs by a setting. */
export interface Sweep {
  readonly title: string
  /** The setting on the axis, and what it is called there. */
  readonly setting: string
  readonly label: string
  readonly numbers: readonly FinalNumber[]
  readonly caption: string
}

interface SweepPoint extends SeedMean {
  readonly line: string
  readonly x: number | string
}

/** Numbers of a line by the setting: one line for each number, and for each group of the other settings. */
function pointsOf(runs: readonly RunData[], { setting, numbers }: Sweep): SweepPoint[] {
  const groups = groupRuns(runs, setting)
  const lineName = (label: string, { name }: FinalNumber): string => {
    if (groups.length === 1) return name
    return numbers.length === 1 ? label : `${label}: ${name}`
  }
  return groups.flatMap(({ label, runs: own }) =>
    numbers.flatMap((number) =>
      [...Map.groupBy(own, (run) => settingAt(run.settings, setting))].flatMap(([x, same]) => {
        const mean = seedMean(same.map(number.of))
        if (!mean || x === undefined) return []
        return [{ ...mean, line: lineName(label, number), x: typeof x === 'number' ? x : settingText(x) }]
      }),
    ),
  )
}

/** Whether there is anything to see: a number at two values of the setting at least. */
export const hasSweep = (runs: readonly RunData[], sweep: Sweep): boolean =>
  new Set(pointsOf(runs, sweep).map(({ x }) => x)).size > 1

const intervalWords = (points: readonly SweepPoint[]): string => {
  const counts = points.map(({ count }) => count)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (most === 1) return 'One seed each: there is no telling how much is chance.'
  const seeds = least === most ? `${most}` : `${least} to ${most}`
  return `Means over ${seeds} seeds; bars are 95 % intervals.`
}

/** Numbers of runs over a setting, means over seeds with their intervals. */
export function sweepFigure(runs: readonly RunData[], sweep: Sweep): string {
  const { title, label, numbers, caption } = sweep
  const points = pointsOf(runs, sweep).sort((a, b) => (a.x < b.x ? -1 : 1))
  const isNumeric = points.every(({ x }) => typeof x === 'number')
  const lines = [...new Set(points.map(({ line }) => line))]
  const stroke = ({ line }: SweepPoint) => lineColor(lines.indexOf(line))
  const percent = numbers.every((number) => number.percent)
  const yName = numbers.length === 1 ? numbers[0]!.name : 'share'
  return figureHtml({
    title,
    ...(lines.length > 1 && { legend: lines.map((name, i) => ({ name, color: lineColor(i) })) }),
    chart: drawChart({
      description: `${title}: ${lines.join(', ')}`,
      marginRight: 24,
      x: isNumeric
        ? { label, ticks: 6, inset: 12 }
        : { label, type: 'point', domain: [...new Set(points.map(({ x }) => x))], padding: 0.4 },
      y: {
        label: `${inText(yName)}${percent ? ' (%)' : ''}`,
        ...constantDomain(
          points.flatMap(({ low, high }) => [low, high]),
          percent,
        ),
        ...{ grid: true, ticks: 5, ...(percent && { percent: true }) },
      },
      marks: [
        Plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke, strokeWidth: 4, strokeOpacity: 0.3 }),
        ...(isNumeric
          ? [Plot.line(points, { x: 'x', y: 'mean', z: 'line', stroke, strokeWidth: 1.75 })]
          : []),
        Plot.dot(points, { x: 'x', y: 'mean', fill: stroke, r: 4 }),
      ],
    }),
    caption: `${caption} ${intervalWords(points)}`,
  })
}
