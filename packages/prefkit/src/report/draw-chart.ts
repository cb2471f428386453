import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** Width of a chart in CSS pixels: two stand side by side on a screen, and a phone hardly shrinks one. */
const CHART_WIDTH = 440

/** Options of {@link drawChart}: Plot's own, with the words a screen reader says in place of the picture. */
export type ChartOptions = Plot.PlotOptions & { description: string }

/**
 * Draws a chart with Observable Plot to the text of one static `<svg>`; nothing in it needs a script.
 *
 * Colours should be the style sheet's variables (`var(--series-1)`), which follow the reader's light or dark
 * setting. Plot escapes texts.
 */
export function drawChart({ description, ...options }: ChartOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const chart: { outerHTML: string } = Plot.plot({
    width: CHART_WIDTH,
    height: 280,
    marginTop: 28,
    marginLeft: 48,
    marginBottom: 40,
    ...options,
    ariaLabel: description,
    document,
  })
  return chart.outerHTML.replace('<svg ', '<svg role="img" ')
}

/** Room for names on the left of a chart, for names of up to `longest` characters. */
export const labelMargin = (names: readonly string[], longest: number) =>
  18 + 6.6 * Math.min(longest + 1, Math.max(0, ...names.map((name) => name.length)))

/** A name cut to `longest` characters for an axis; from its middle, because long names often differ at the end. */
export function shortName(name: string, longest: number): string {
  if (name.length <= longest) return name
  const tail = Math.floor((longest - 1) * 0.4)
  return `${name.slice(0, longest - 1 - tail).trimEnd()}…${name.slice(name.length - tail).trimStart()}`
}

const isFinitePoint = (point: object) =>
  Object.values(point).every((value) => typeof value !== 'number' || Number.isFinite(value))

/** The points whose every number is finite: what can be drawn. */
export const drawable = <Point extends object>(points: readonly Point[]): Point[] =>
  points.filter(isFinitePoint)
