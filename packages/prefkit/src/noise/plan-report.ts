import * as Plot from '@observablehq/plot'
import { commandPage } from '../report/command-page'
import { drawable, drawChart } from '../report/draw-chart'
import { formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { type Column, figureGrid, figureHtml, sectionHtml, tableHtml } from '../report/html-parts'
import type { PlanCurve, PlanPoint } from './plan-results'
import {
  accuracyNote,
  dipSentences,
  populationSentence,
  simulatedText,
  theoryNote,
  theoryText,
} from './plan-words'
import type { PlanRun } from './run-plan'

const colors = 6

const colorOf = (place: number): string => `var(--series-${(place % colors) + 1})`
const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye'] as const

/** How each of several series is drawn, by its name. */
const looks = (names: readonly string[]) =>
  names.map((name, i) => ({ name, color: colorOf(i), symbol: symbols[i % symbols.length]! }))

type Value = (point: PlanPoint) => number | null

const pointsOf = ({ points }: PlanCurve, value: Value) =>
  drawable(
    points.flatMap((point) => {
      const y = value(point)
      return y === null ? [] : [{ labels: point.labels, value: y }]
    }),
  )

/** Numbers of labels are spread over orders of magnitude. */
const labelAxis = (curves: readonly PlanCurve[]) => ({
  type: 'log' as const,
  label: 'labels',
  ticks: [...new Set(curves.flatMap(({ points }) => points.map(({ labels }) => labels)))],
  tickFormat: (labels: number) => formatCount(labels),
})

/** Curves of one design, a colour an error rate: marks for what was simulated, dashed lines for theory. */
function accuracyFigure(curves: readonly PlanCurve[], target: number): string {
  const { design } = curves[0]!
  const legend = looks(curves.map(({ errorRate }) => `${formatPercent(errorRate, 0)} wrong`))
  const lowest = Math.min(
    0.5,
    ...curves.flatMap((curve) => pointsOf(curve, (p) => p.predicted).map((p) => p.value)),
  )
  const marks = curves.flatMap((curve, i) => {
    const { color, symbol } = legend[i]!
    const bars = curve.points.flatMap(({ labels, accuracy: { mean, standardError } }) =>
      Number.isFinite(standardError)
        ? [{ labels, low: mean - 2 * standardError, high: mean + 2 * standardError }]
        : [],
    )
    return [
      Plot.lineY(
        pointsOf(curve, ({ isAsymptotic, predicted }) => (isAsymptotic ? predicted : null)),
        { x: 'labels', y: 'value', stroke: color, strokeWidth: 1.5, strokeDasharray: '4,3' },
      ),
      Plot.ruleX(bars, {
        x: 'labels',
        y1: 'low',
        y2: 'high',
        stroke: color,
        strokeOpacity: 0.5,
        strokeWidth: 1.5,
      }),
      Plot.dot(
        pointsOf(curve, ({ accuracy }) => accuracy.mean),
        { x: 'labels', y: 'value', symbol, fill: color, r: 4 },
      ),
    ]
  })
  return figureHtml({
    title: `Order accuracy, ${design}`,
    legend,
    chart: drawChart({
      description: `Order accuracy by number of labels for the design ${design}, simulated and by theory`,
      x: labelAxis(curves),
      y: { label: 'order accuracy (%)', percent: true, domain: [100 * lowest, 100], grid: true, ticks: 6 },
      marks: [Plot.ruleY([target], { stroke: 'var(--muted)', strokeDasharray: '2,4' }), ...marks],
    }),
    caption:
      'Marks: simulated, with two standard errors. Dashed: asymptotic theory for the same pairs, with nothing adjusted, from where ten labels are wrong. The dotted line is the target.',
  })
}

/** Labels needed by theory, where they are so many that it means something. */
const telling = ({ neededByTheory: needed }: PlanCurve): number | null =>
  needed?.isAsymptotic ? needed.labels : null

/** Labels needed against the error rate, a colour a design. */
function neededFigure(curves: readonly PlanCurve[]): string {
  const designs = [...new Set(curves.map(({ design }) => design))]
  const legend = looks(designs)
  const marks = designs.flatMap((design, i) => {
    const own = curves.filter((curve) => curve.design === design)
    const points = (needed: (curve: PlanCurve) => number | null) =>
      own.flatMap((curve) => {
        const labels = needed(curve)
        return labels === null ? [] : [{ errorRate: curve.errorRate, labels }]
      })
    const { color, symbol } = legend[i]!
    return [
      Plot.line(points(telling), {
        x: 'errorRate',
        y: 'labels',
        stroke: color,
        strokeWidth: 1.5,
        strokeDasharray: '4,3',
      }),
      Plot.dot(
        points((curve) => curve.neededBySimulation?.labels ?? null),
        { x: 'errorRate', y: 'labels', symbol, fill: color, r: 4 },
      ),
    ]
  })
  return figureHtml({
    title: 'Labels for the target',
    legend,
    chart: drawChart({
      description: 'Labels that reach the target by error rate, for each design',
      x: { label: 'wrong labels on random pairs of one prompt (%)', percent: true, ticks: 6 },
      y: {
        type: 'log',
        label: 'labels',
        grid: true,
        ticks: 5,
        tickFormat: (labels: number) => formatCount(labels),
      },
      marks,
    }),
    caption:
      'Marks: where simulated accuracy reaches the target and stays above it, on a line through the simulated numbers of labels; none where it does not. Dashed: theory, where ten labels or more are wrong; beyond the simulated numbers it is of the same pairs labelled again and again.',
  })
}

/** Risk against the curve of Theorem 20, of the first design. */
function riskFigure(curves: readonly PlanCurve[]): string {
  const drawn = curves.filter(({ points }) => points.some(({ riskRate }) => riskRate !== null))
  if (drawn.length === 0) return ''
  const legend = looks(drawn.map(({ errorRate }) => `${formatPercent(errorRate, 0)} wrong`))
  const marks = drawn.flatMap((curve, i) => [
    Plot.lineY(
      pointsOf(curve, ({ riskRate }) => riskRate),
      { x: 'labels', y: 'value', stroke: legend[i]!.color, strokeWidth: 1.5, strokeDasharray: '4,3' },
    ),
    Plot.dot(
      pointsOf(curve, ({ risk }) => risk.mean),
      { x: 'labels', y: 'value', fill: legend[i]!.color, symbol: legend[i]!.symbol, r: 4 },
    ),
  ])
  return figureHtml({
    title: `Truncated KL risk, ${drawn[0]!.design}`,
    legend,
    chart: drawChart({
      description: `Truncated KL risk by number of labels for the design ${drawn[0]!.design}`,
      x: labelAxis(drawn),
      y: { type: 'log', label: 'risk (nats)', grid: true, ticks: 4, tickFormat: (risk: number) => `${risk}` },
      marks,
    }),
    caption:
      'Marks: simulated. Dashed: the rate of Theorem 20 of 2411.04991, moved so that it passes through the first mark. It is an upper bound up to a constant that nobody knows, for the worst reward function: it may lie far above, and says nothing by itself.',
  })
}

const neededColumns: Column[] = [
  { heading: 'Design' },
  { heading: 'Wrong', title: 'Share of wrong labels on random pairs of one prompt', numeric: true },
  { heading: 'In design', title: 'Share of wrong labels on the pairs of the design', numeric: true },
  { heading: 'β or flips', title: 'What was calibrated for the error rate', numeric: true },
  {
    heading: 'Worth',
    title:
      'What one label tells of differences, in labels of the lowest error rate on the same pairs (Fisher information)',
    numeric: true,
  },
  { heading: 'Simulated', title: 'Labels for the target, simulated', numeric: true },
  { heading: 'Theory', title: 'Labels for the target, by asymptotic theory', numeric: true },
]

function neededTable({ curves, config }: PlanRun): string {
  const rows = curves.map((curve) => ({
    cells: [
      curve.design,
      formatPercent(curve.errorRate, 0),
      formatPercent(curve.designErrorRate),
      formatDecimal(curve.parameter),
      formatDecimal(curve.worth, 2),
      simulatedText(curve),
      theoryText(curve),
    ],
  }))
  return tableHtml(
    neededColumns,
    rows,
    `Labels for an order accuracy of ${formatPercent(config.targetAccuracy)}`,
  )
}

const pointColumns: Column[] = [
  { heading: 'Design' },
  { heading: 'Wrong', numeric: true },
  { heading: 'Labels', numeric: true },
  { heading: 'Accuracy', title: 'Order accuracy, simulated', numeric: true },
  { heading: '±', title: 'Standard error over simulations', numeric: true },
  { heading: 'Theory', title: 'Order accuracy by asymptotic theory', numeric: true },
  { heading: 'Spearman', title: 'Rank correlation within prompts', numeric: true },
  { heading: 'Risk', title: 'Truncated KL risk, simulated, in nats', numeric: true },
  { heading: 'Rate', title: 'Theorem 20 through the first simulated risk', numeric: true },
]

function pointTable({ curves }: PlanRun): string {
  const rows = curves.flatMap(({ design, errorRate, points }) =>
    points.map((point) => ({
      cells: [
        design,
        formatPercent(errorRate, 0),
        formatCount(point.labels),
        formatPercent(point.accuracy.mean),
        formatPercent(point.accuracy.standardError),
        `${point.isAsymptotic ? '' : '~'}${formatPercent(point.predicted)}`,
        formatDecimal(point.spearman.mean),
        formatDecimal(point.risk.mean, 4),
        formatDecimal(point.riskRate, 4),
      ],
    })),
  )
  return tableHtml(pointColumns, rows, 'Everything simulated')
}

/** The largest gap of theory from simulation, where theory means something. */
function gapSentence({ curves }: PlanRun): string {
  const gaps = curves.flatMap(({ points }) =>
    points
      .filter(({ isAsymptotic }) => isAsymptotic)
      .map(({ accuracy, predicted }) => Math.abs(accuracy.mean - predicted)),
  )
  if (gaps.length === 0)
    return 'The numbers of labels are too small for theory, or the designs have too few pairs for them.'
  const largest = 100 * Math.max(...gaps)
  return `Where ten labels or more are wrong, theory and simulation differ by ${largest.toFixed(1)} points of accuracy at most.`
}

function bestSentence({ curves, config }: PlanRun): string {
  const rate = config.errorRates[Math.floor(config.errorRates.length / 2)]!
  const own = curves.filter(({ errorRate, points }) => errorRate === rate && points.length > 0)
  const least = (needed: (curve: PlanCurve) => number | null): PlanCurve | undefined =>
    own.filter((curve) => needed(curve) !== null).toSorted((a, b) => needed(a)! - needed(b)!)[0]
  const best =
    least((curve) => curve.neededBySimulation?.labels ?? null) ??
    least((curve) => curve.neededByTheory?.labels ?? null)
  const at = `With ${formatPercent(rate, 0)} of labels wrong`
  if (!best) return `${at}, no design reaches ${formatPercent(config.targetAccuracy)}.`
  return `${at}, ${best.design} reaches ${formatPercent(config.targetAccuracy)} with the fewest labels: ${simulatedText(best)} simulated, ${theoryText(best)} by theory.`
}

const promise = [
  'The dashed curves of accuracy are asymptotic theory: the estimate’s error is normal, with a variance that follows from the pairs, the annotators and the fit. Nothing in them is adjusted to the simulation; they are exact as labels become many, for designs that choose pairs without looking at labels. Those of active, uncertainty, thompson, swiss and knock-out go by labels: theory takes their pairs as given, and promises nothing. After a ~ they mean little: fewer than ten labels are wrong then, right and wrong can nearly be separated, and the prior decides.',
  'Worth compares what labels tell of differences on the same pairs. Annotators who are nearly always right tell little of how far apart two responses are, so that it can exceed 1; the order of responses is learned from them faster all the same.',
  theoryNote,
  accuracyNote,
  'Error rates are those on random pairs of one prompt, of annotators who are not tired yet. On the pairs of another design the same annotators err more or less often, which is part of what makes designs differ.',
].join(' ')

/** A plan as a page: labels needed and quality, theory beside simulation. */
export function planReport(result: PlanRun, command: string): string {
  const { config, curves, population } = result
  const byDesign = [...Map.groupBy(curves, ({ design }) => design).values()]
  return commandPage({
    title: 'How many labels?',
    subtitle: populationSentence(population, config),
    summary: [bestSentence(result), gapSentence(result), ...dipSentences(result)],
    sections: [
      sectionHtml('needed', 'How many labels does it take?', promise, [
        figureGrid([neededFigure(curves)]),
        neededTable(result),
      ]),
      sectionHtml('quality', 'What do labels buy?', '', [
        figureGrid(byDesign.map((own) => accuracyFigure(own, config.targetAccuracy))),
      ]),
      sectionHtml('risk', 'And the rate of Theorem 20?', '', [figureGrid(byDesign.map(riskFigure))]),
      sectionHtml('points', 'All numbers', '', [pointTable(result)]),
    ],
    command,
    seed: config.seed,
    config,
  })
}
