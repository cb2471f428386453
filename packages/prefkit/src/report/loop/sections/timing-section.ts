import * as Plot from '@observablehq/plot'
import { drawChart, labelMargin, shortName } from '../../draw-chart'
import { formatCount, formatPercent, formatSeconds } from '../../format-number'
import { figureGrid, figureHtml, sectionHtml, tableHtml } from '../../html-parts'
import { lineColor } from '../draw-curves'
import { type RunData, stageTitle } from '../run-data'

/** Seconds of a stage. */
interface StageTimes {
  readonly stage: string
  readonly steps: number
  readonly seconds: number
  readonly parts: Readonly<Record<string, number>>
}

/** What a part that is not measured is called. */
const rest = 'other'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function timesOf({ timings }: RunData): StageTimes[] {
  return [...Map.groupBy(timings, ({ stage }) => stage)].map(([stage, own]) => {
    const names = [...new Set(own.flatMap(({ parts }) => Object.keys(parts)))]
    const parts = names.map((name) => [name, sum(own.map(({ parts }) => parts[name] ?? 0))] as const)
    const seconds = sum(own.map((timing) => timing.seconds))
    const left = Math.max(0, seconds - sum(parts.map(([, value]) => value)))
    const title = stageTitle(stage)
    return { stage: title, steps: own.length, seconds, parts: Object.fromEntries([...parts, [rest, left]]) }
  })
}

const longestName = 18

function timeFigure(times: readonly StageTimes[], parts: readonly string[]): string {
  const stages = times.map(({ stage }) => stage)
  const bars = times.flatMap(({ stage, parts: own }) =>
    parts.flatMap((part) => (own[part] ? [{ stage, part, seconds: own[part] }] : [])),
  )
  const fill = (part: string) => (part === rest ? 'var(--muted)' : lineColor(parts.indexOf(part)))
  return figureHtml({
    title: 'Seconds of each stage',
    legend: parts.map((name) => ({ name, color: fill(name), symbol: 'square' })),
    chart: drawChart({
      description: `Seconds of ${stages.join(', ')}, by their parts`,
      height: 62 + 34 * stages.length,
      marginLeft: labelMargin(stages, longestName),
      x: { label: 'seconds', grid: true, ticks: 5 },
      y: {
        label: null,
        domain: stages,
        tickSize: 0,
        tickFormat: (name: string) => shortName(name, longestName),
      },
      marks:
        parts.length === 0
          ? []
          : [
              Plot.barX(
                bars,
                Plot.stackX({
                  ...{ x: 'seconds', y: 'stage', order: parts as string[], z: 'part' },
                  ...{ fill: (bar: { part: string }) => fill(bar.part), insetTop: 5, insetBottom: 5 },
                }),
              ),
            ],
    }),
    caption: 'Of the steps, over all sessions of the run. “other” is what no part is measured of.',
  })
}

function timeTable(times: readonly StageTimes[], parts: readonly string[]): string {
  const columns = ['Steps', 'Time', 'A step', ...parts.map((part) => part)]
  const cell = (part: number | undefined, seconds: number): string =>
    part === undefined || seconds === 0 ? '–' : formatPercent(part / seconds, 0)
  return tableHtml(
    [{ heading: 'Stage' }, ...columns.map((heading) => ({ heading, numeric: true }))],
    times.map(({ stage, steps, seconds, parts: own }) => ({
      cells: [
        ...[stage, formatCount(steps), formatSeconds(seconds), stepSeconds(seconds / steps)],
        ...parts.map((part) => cell(own[part], seconds)),
      ],
    })),
  )
}

/** Of a step, which may take milliseconds. */
const stepSeconds = (seconds: number): string =>
  seconds < 1 ? `${Math.round(1000 * seconds)}\u00a0ms` : formatSeconds(seconds)

/** Where the time went. */
export function timingSection(run: RunData): string {
  const times = timesOf(run)
  if (times.length === 0) return ''
  const parts = [...new Set(times.flatMap(({ parts }) => Object.keys(parts)))].filter((part) => part !== rest)
  const all = [...parts, rest]
  return sectionHtml('timings', 'Where did the time go?', '', [
    figureGrid([timeFigure(times, all)]),
    timeTable(times, all),
  ])
}
