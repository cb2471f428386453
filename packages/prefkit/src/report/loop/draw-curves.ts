import * as Plot from '@observablehq/plot'
import { drawChart } from '../draw-chart'
import { figureHtml } from '../html-parts'
import { SERIES_COLORS } from '../report-context'
import { type StepPoint, smoothPoints, thinPoints } from '../thin-points'

/** A line of a figure. */
export interface CurveLine {
  readonly name: string
  readonly points: readonly StepPoint[]
  /** Few and exact, such as evaluations: marked by dots, never smoothed. */
  readonly isExact?: boolean
  /** The line before it that it belongs to, by its name: it has the same colour, and is dashed. */
  readonly of?: string
}

/** A figure of lines over steps. */
export interface CurveFigure {
  readonly title: string
  readonly label: string
  readonly caption: string
  /** Shares, shown in percent. */
  readonly percent?: boolean
  /** A value to compare with, such as ½ for a coin. */
  readonly rule?: number
  readonly lines: readonly CurveLine[]
}

/** More points than this are noise with a curve in it. */
const noisyPoints = 24

/** The colour of one of several lines. */
export const lineColor = (index: number): string => `var(--series-${(index % SERIES_COLORS) + 1})`

/** A line as it is drawn. */
interface ShownLine {
  readonly points: readonly StepPoint[]
  /** Its running mean, where it is noisy. */
  readonly smooth?: readonly StepPoint[]
  readonly isExact: boolean
  readonly isDashed: boolean
  readonly color: string
}

const valuesOf = (points: readonly StepPoint[]): number[] => points.map(({ value }) => value)

/** Deviations from the running mean that are this part of the range can be seen. */
const visibleNoise = 0.02

function shownLine({ points, isExact = false, of }: CurveLine, color: string): ShownLine {
  const shown = thinPoints(points)
  const look = { points: shown, isExact, color, isDashed: of !== undefined }
  if (isExact || shown.length <= noisyPoints) return look
  const smooth = smoothPoints(shown, Math.round(shown.length / noisyPoints))
  const range = Math.max(...valuesOf(shown)) - Math.min(...valuesOf(shown))
  const noise =
    shown.reduce((sum, { value }, i) => sum + Math.abs(value - smooth[i]!.value), 0) / shown.length
  return { ...look, ...(range > 0 && noise > visibleNoise * range && { smooth }) }
}

const line = (points: readonly StepPoint[], options: Plot.LineYOptions) =>
  Plot.lineY([...points], { x: 'step', y: 'value', ...options })

/** A noisy line is drawn pale, with its running mean over it; one step is no line. */
function marksOf({ points, smooth, isExact, isDashed, color: stroke }: ShownLine): Plot.Markish[] {
  const dots = Plot.dot([...points], { x: 'step', y: 'value', fill: stroke, r: 3 })
  if (smooth) {
    return [
      line(points, { stroke, strokeWidth: 1, strokeOpacity: 0.3 }),
      line(smooth, { stroke, strokeWidth: 2 }),
    ]
  }
  const strokeDasharray = isDashed ? '4,3' : undefined
  return [
    line(points, { stroke, strokeWidth: 1.75, strokeDasharray }),
    ...(isExact || points.length === 1 ? [dots] : []),
  ]
}

/** Room about a value that never changes: a domain for an axis that would have none. */
export function constantDomain(values: readonly number[], percent: boolean): { domain?: [number, number] } {
  const [value] = values
  if (value === undefined || values.some((each) => each !== value)) return {}
  const room = value === 0 ? 1 : Math.abs(value) / 2
  return { domain: percent ? [0, 100] : [value - room, value + room] }
}

/** A name within a text: in small letters, unless it begins with an abbreviation. */
export const inText = (name: string): string =>
  /^\p{Lu}{2}/u.test(name) ? name : name.slice(0, 1).toLowerCase() + name.slice(1)

/** A colour for each line that belongs to no other, and that of the other for one that does. */
function colorsOf(lines: readonly CurveLine[]): string[] {
  const own = [...new Set(lines.map(({ of, name }) => of ?? name))]
  return lines.map(({ of, name }) => lineColor(own.indexOf(of ?? name)))
}

/** A figure of lines over steps, as HTML; empty where no line has a point. */
export function curveFigure({ title, label, caption, percent, rule, lines }: CurveFigure): string {
  const drawn = lines.filter(({ points }) => points.length > 0)
  if (drawn.length === 0) return ''
  const colors = colorsOf(drawn)
  const legend = drawn.map(({ name, of }, i) => ({ name, color: colors[i]!, dashed: of !== undefined }))
  const shown = drawn.map((each, i) => shownLine(each, colors[i]!))
  const isNoisy = shown.some(({ smooth }) => smooth !== undefined)
  const constant =
    rule === undefined
      ? constantDomain(
          shown.flatMap(({ points }) => valuesOf(points)),
          percent === true,
        )
      : {}
  return figureHtml({
    title,
    ...(drawn.length > 1 && { legend }),
    chart: drawChart({
      description: `${title}: ${drawn.map(({ name }) => name).join(', ')}`,
      x: { label: 'step', ticks: 6, tickFormat: (step: number) => (Number.isInteger(step) ? `${step}` : '') },
      y: {
        label: percent ? `${label} (%)` : label,
        grid: true,
        ticks: 5,
        ...(percent && { percent }),
        ...constant,
      },
      marks: [
        ...(rule === undefined
          ? []
          : [Plot.ruleY([rule], { stroke: 'var(--muted)', strokeDasharray: '3,3' })]),
        ...shown.flatMap(marksOf),
      ],
    }),
    caption: isNoisy ? `${caption} Pale: each step. Strong: the running mean.` : caption,
  })
}
