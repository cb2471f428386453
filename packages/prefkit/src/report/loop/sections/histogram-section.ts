import * as Plot from '@observablehq/plot'
import type { SampleRow } from '../../../loop/run/driver/run-event'
import { drawChart } from '../../draw-chart'
import { formatCount, formatDecimal } from '../../format-number'
import { figureGrid, figureHtml, sectionHtml } from '../../html-parts'
import { inText } from '../draw-curves'
import { evaluationsOf } from '../evaluations'
import { outcomesOf } from '../outcomes'
import type { RunData } from '../run-data'
import { spread } from './sample-section'

/** Rewards at some time of the run. */
interface RewardsAt {
  readonly label: string
  readonly values: readonly number[]
}

/** Bars of a histogram. */
const bars = 20

/** The part of the bars' range that is left out at either end: they hold what is beyond. */
const aside = 0.005

/** Fewer responses than this have no distribution worth a look. */
const fewest = 8

const valuesOf = (rows: readonly SampleRow[], of: (row: SampleRow) => number | null | undefined): number[] =>
  rows.flatMap((row) => of(row) ?? []).filter(Number.isFinite)

/** Rewards of evaluations; without any, of the responses that were kept of training, in three parts of the run. */
function timesOf(run: RunData): { readonly label: string; readonly rows: readonly SampleRow[] }[] {
  const evaluations = evaluationsOf(run)
    .filter(({ samples }) => samples.length > 0)
    .map(({ label, samples }) => ({ label, rows: samples }))
  if (evaluations.length > 0) return spread(evaluations, 3)
  const rows = run.samples.filter(({ stage }) => stage === 'policy')
  const size = Math.ceil(rows.length / 3)
  return [0, 1, 2].flatMap((part) => {
    const own = rows.slice(part * size, (part + 1) * size)
    return own.length === 0 ? [] : [{ label: `steps ${own[0]!.step} to ${own.at(-1)!.step}`, rows: own }]
  })
}

/** Counts of values between shared edges; the outer bars hold what is beyond them. */
function countBars(
  values: readonly number[],
  { low, high }: { readonly low: number; readonly high: number },
): { low: number; high: number; count: number }[] {
  const width = (high - low) / bars
  const counts = Array.from({ length: bars }, () => 0)
  for (const value of values) {
    const place = Math.floor((value - low) / width)
    counts[Math.max(0, Math.min(bars - 1, place))]! += 1
  }
  return counts.map((count, i) => ({ low: low + i * width, high: low + (i + 1) * width, count }))
}

/** Where bars begin and end so that all times can be compared. */
function edgesOf(times: readonly RewardsAt[]): { readonly low: number; readonly high: number } {
  const sorted = times.flatMap(({ values }) => values).sort((a, b) => a - b)
  const cut = Math.floor(sorted.length * aside)
  const [low, high] = [sorted[cut]!, sorted[sorted.length - 1 - cut]!]
  return high > low ? { low, high } : { low: low - 0.5, high: low + 0.5 }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** A time within a sentence. */
const whenText = (label: string): string => (/^step/.test(label) ? `at ${label}` : label)

/** One above the other, so that they can be compared. */
function histogramFigure(name: string, times: readonly RewardsAt[]): string {
  const edges = edgesOf(times)
  const drawn = times.flatMap(({ label, values }) =>
    countBars(values, edges).map((bar) => ({ ...bar, label, share: bar.count / values.length })),
  )
  const means = times.map(({ label, values }) => ({ label, mean: mean(values) }))
  const told = times.map(
    ({ label, values }) =>
      `${formatDecimal(mean(values))} ${whenText(label)} (${formatCount(values.length)} responses)`,
  )
  return figureHtml({
    title: name,
    chart: drawChart({
      description: `Histograms of ${name}; ${told.join('; ')}`,
      height: 60 + 90 * times.length,
      marginRight: 84,
      x: { label: inText(name), ticks: 6, domain: [edges.low, edges.high] },
      y: { label: 'share of responses (%)', percent: true, grid: true, ticks: 3 },
      fy: { label: null, domain: times.map(({ label }) => label), padding: 0.15 },
      marks: [
        Plot.rectY(drawn, {
          ...{ x1: 'low', x2: 'high', y: 'share', fy: 'label' },
          ...{ fill: 'var(--series-1)', fillOpacity: 0.75, insetLeft: 0.5, insetRight: 0.5 },
        }),
        Plot.ruleX(means, { x: 'mean', fy: 'label', stroke: 'var(--series-2)', strokeWidth: 2 }),
        Plot.ruleY([0], { stroke: 'currentColor' }),
      ],
    }),
    caption: `The line is the mean: ${told.join(', ')}.`,
  })
}

const areEqual = (a: readonly RewardsAt[], b: readonly RewardsAt[]): boolean =>
  a.length === b.length &&
  a.every(
    ({ values }, i) => values.length === b[i]!.values.length && values.every((x, j) => x === b[i]!.values[j]),
  )

/** Histograms of rewards at the first, a middle and the last time that they were measured, on the same axes. */
export function histogramSection(run: RunData): string {
  const { win, reward, golden } = outcomesOf(run.settings)
  const times = timesOf(run)
  const measured = [win, reward, golden].map(({ name, ofSample }) => ({
    name,
    at: times
      .map(({ label, rows }) => ({ label, values: valuesOf(rows, ofSample) }))
      .filter(({ values }) => values.length >= fewest),
  }))
  const figures = measured
    .filter(({ at }) => at.length > 0)
    // A reward of one part is that part.
    .filter(({ at }, i, all) => all.findIndex((other) => areEqual(other.at, at)) === i)
    .map(({ name, at }) => histogramFigure(name, at))
  return sectionHtml(
    'histograms',
    'How are rewards spread?',
    'A mean can rise because all responses get better, or because a few get very good. Bars at the ends hold what is beyond them.',
    [figureGrid(figures)],
  )
}
