import type { MeanInterval } from '@prefkit/evals'
import { chartFile, colour } from './chart.ts'
import { Plot } from './plot.ts'

/** A mean with its interval. */
export interface Dot {
  readonly x: number
  readonly series: string
  readonly interval: MeanInterval
}

/** Means with intervals of 95 % over some numbers, each series joined by a line and named at its end. */
export function dotsChart(
  dots: readonly Dot[],
  { description, x, y }: { readonly description: string; readonly x: string; readonly y: string },
): string {
  const series = [...new Set(dots.map((dot) => dot.series))]
  const width = Math.max(...dots.map((dot) => dot.x)) - Math.min(...dots.map((dot) => dot.x))
  const rows = dots
    .filter(({ interval }) => Number.isFinite(interval.mean))
    .map(({ x: at, series: own, interval: { mean, low, high } }) => {
      const place = series.indexOf(own)
      // Beside one another, so that bars do not hide each other.
      const shifted = at + (place - (series.length - 1) / 2) * width * 0.008
      const bar = Number.isFinite(low) ? { low, high } : { low: mean, high: mean }
      return { x: shifted, y: mean, ...bar, series: own, stroke: colour(place) }
    })
  const last = series.flatMap((name) => rows.filter((row) => row.series === name).slice(-1))
  return chartFile({
    description,
    x: { label: x },
    y: { label: y, grid: true, ticks: 5 },
    marks: [
      Plot.ruleX(rows, { x: 'x', y1: 'low', y2: 'high', stroke: 'stroke' }),
      Plot.line(rows, { x: 'x', y: 'y', z: 'series', stroke: 'stroke' }),
      Plot.dot(rows, { x: 'x', y: 'y', fill: 'stroke', r: 3 }),
      Plot.text(last, { x: 'x', y: 'y', text: 'series', fill: 'stroke', textAnchor: 'start', dx: 8 }),
    ],
  })
}

/** Means with intervals of arms that have no number: a row each. */
export function armsChart(
  arms: readonly { readonly arm: string; readonly interval: MeanInterval }[],
  { description, x }: { readonly description: string; readonly x: string },
): string {
  const rows = arms
    .filter(({ interval }) => Number.isFinite(interval.mean))
    .map(({ arm, interval: { mean, low, high } }, i) => {
      const bar = Number.isFinite(low) ? { low, high } : { low: mean, high: mean }
      return { arm, mean, ...bar, stroke: colour(i) }
    })
  return chartFile({
    description,
    ...{ height: 70 + 34 * rows.length, marginLeft: 200, marginRight: 20 },
    x: { label: x, grid: true },
    y: { label: null, domain: rows.map(({ arm }) => arm) },
    marks: [
      Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.3 }),
      Plot.ruleY(rows, { y: 'arm', x1: 'low', x2: 'high', stroke: 'stroke', strokeWidth: 2 }),
      Plot.dot(rows, { x: 'mean', y: 'arm', fill: 'stroke', r: 4 }),
    ],
  })
}
