import * as Plot from '@observablehq/plot'
import { drawable, drawChart } from '../../draw-chart'
import { figureGrid, figureHtml, sectionHtml } from '../../html-parts'
import { curveFigure, inText } from '../draw-curves'
import { type Evaluation, evaluationsOf } from '../evaluations'
import { type Outcome, outcomesOf } from '../outcomes'
import { type RunData, recordsOf } from '../run-data'
import { numberAt, seriesOf } from '../step-series'

/** What was measured at a time of the run. */
interface Measured {
  readonly label: string
  readonly step: number
  readonly learned: number
  readonly golden: number
  readonly kl: number
}

/** The deviation of a reward among the responses of an evaluation: its unit, to compare it with another. */
function spreadOf({ samples }: Evaluation, of: Outcome['ofSample']): number | undefined {
  const values = samples.flatMap((row) => of?.(row) ?? []).filter(Number.isFinite)
  if (values.length < 2) return undefined
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return variance > 0 ? Math.sqrt(variance) : undefined
}

const measuredOf = (run: RunData): Measured[] => {
  const { reward, golden, kl } = outcomesOf(run.settings)
  const value = ({ record }: Evaluation, { evaluated }: Outcome) => numberAt(record, evaluated) ?? Number.NaN
  return evaluationsOf(run).map((evaluation) => ({
    ...{ label: evaluation.label, step: evaluation.step },
    ...{ learned: value(evaluation, reward), golden: value(evaluation, golden), kl: value(evaluation, kl) },
  }))
}

/** Both rewards, as what they have gained since the beginning in deviations of their own. */
function gainFigure(run: RunData): string {
  const evaluations = evaluationsOf(run)
  const { reward, golden } = outcomesOf(run.settings)
  const gains = ({ evaluated, ofSample }: Outcome) => {
    const known = evaluations.flatMap((evaluation) => {
      const value = numberAt(evaluation.record, evaluated)
      return value === undefined ? [] : [{ evaluation, value }]
    })
    const first = known[0]
    const unit = first && spreadOf(first.evaluation, ofSample)
    if (!first || unit === undefined) return []
    return known.map(({ evaluation: { step }, value }) => ({ step, value: (value - first.value) / unit }))
  }
  const [learned, measured] = [gains(reward), gains(golden)]
  if (learned.length < 2 || measured.length < 2) return ''
  return curveFigure({
    title: 'Both rewards over time',
    label: 'gain (deviations)',
    rule: 0,
    caption:
      'What each has gained on held-out prompts, in deviations of the first responses. Where the learned reward still rises while the golden one falls, the policy has found what the reward pays for and nobody wants.',
    lines: [
      { name: 'learned reward', points: learned, isExact: true },
      { name: 'golden reward', points: measured, isExact: true },
    ],
  })
}

/** The golden reward over the divergence, from the beginning on. */
function frontierFigure(run: RunData): string {
  const points = drawable(measuredOf(run).map(({ label, step, golden, kl }) => ({ label, step, golden, kl })))
  if (points.length < 2) return ''
  const ends = [points[0]!, points.at(-1)!]
  const stroke = 'var(--series-2)'
  return figureHtml({
    title: 'What the golden reward cost',
    chart: drawChart({
      description: 'Golden reward over the divergence from the reference, in the order of the steps',
      x: { label: 'KL from the reference (nats a response)', ticks: 6, grid: true },
      y: { label: 'golden reward', ticks: 5, grid: true },
      marginRight: 70,
      marks: [
        Plot.line(points, { x: 'kl', y: 'golden', stroke, strokeWidth: 1.5 }),
        Plot.dot(points, { x: 'kl', y: 'golden', fill: stroke, r: 3.5 }),
        Plot.text(ends, {
          x: 'kl',
          y: 'golden',
          text: 'label',
          dx: 8,
          textAnchor: 'start',
          fill: 'currentColor',
        }),
      ],
    }),
    caption:
      'Each dot is an evaluation. A curve that bends down is over-optimisation: more divergence buys less of what is meant (2210.10760).',
  })
}

/** The same of the responses that are learned from, where nothing was evaluated. */
function trainingFigure(run: RunData): string {
  const records = recordsOf(run, 'policy')
  const { golden, reward } = outcomesOf(run.settings)
  const lines = [reward, golden].map(({ name, learned }) => ({
    name: inText(name),
    points: seriesOf(records, learned[0]!),
  }))
  if (lines.some(({ points }) => points.length < 2)) return ''
  return curveFigure({
    title: 'Both rewards over time',
    label: 'reward',
    caption:
      'Of responses that are learned from. They have different units: look at where each rises and falls.',
    lines,
  })
}

/** What is learned beside what is meant: shows whether the reward was hacked. */
export function hackingSection(run: RunData): string {
  const gains = gainFigure(run)
  const both = gains === '' ? trainingFigure(run) : gains
  // Of preferences nothing is learned as a reward.
  const question =
    both === '' ? 'What did the golden reward cost?' : 'Does the learned reward stand for the golden one?'
  return sectionHtml('hacking', question, '', [figureGrid([both, frontierFigure(run)])])
}
