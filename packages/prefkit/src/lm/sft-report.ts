import * as Plot from '@observablehq/plot'
import { commandPage } from '../report/command-page'
import { drawable, drawChart } from '../report/draw-chart'
import { formatCount, formatDecimal } from '../report/format-number'
import { figureGrid, figureHtml, sectionHtml } from '../report/html-parts'
import { type StepPoint, thinPoints } from '../report/thin-points'
import { risingLoss } from './rising-loss'
import type { SftRun, SftRunRecord } from './train-sft'

type Key = 'loss' | 'grad_norm' | 'mean_token_accuracy'

const pointsOf = (records: readonly SftRunRecord[], key: Key): StepPoint[] =>
  thinPoints(records.map((record) => ({ step: record.step, value: record[key] })))

const line = (points: readonly StepPoint[], color: string) =>
  Plot.lineY(points, {
    // One step is no line; a mark shows it.
    marker: points.length === 1 ? 'dot' : undefined,
    x: 'step',
    y: 'value',
    stroke: color,
    strokeWidth: 1.75,
  })

const colors = { training: 'var(--series-1)', validation: 'var(--series-2)' } as const

function lossFigure({ records, validationRows }: SftRun): string {
  const held = drawable(
    records.flatMap(({ step, eval_loss }) => (eval_loss === undefined ? [] : [{ step, value: eval_loss }])),
  )
  const legend = [
    { name: 'rows it learns from', color: colors.training },
    { name: 'held-out rows', color: colors.validation },
  ]
  return figureHtml({
    title: 'Loss',
    ...(validationRows > 0 && { legend }),
    chart: drawChart({
      description: 'Loss of each step, and on held-out rows after each epoch',
      x: { label: 'step', ticks: 6 },
      y: { label: 'loss (nats a token)', grid: true, ticks: 5 },
      marks: [
        line(pointsOf(records, 'loss'), colors.training),
        line(held, colors.validation),
        Plot.dot(held, { x: 'step', y: 'value', fill: colors.validation, r: 3.5 }),
      ],
    }),
    caption:
      'Mean of −ln p over the tokens that are learned. Where the loss on held-out rows turns up while the other falls, the model has begun to memorise.',
  })
}

const stepFigure = (
  { records }: SftRun,
  key: Key,
  { title, label, caption }: { readonly title: string; readonly label: string; readonly caption: string },
): string =>
  figureHtml({
    title,
    chart: drawChart({
      description: `${title} of each step`,
      x: { label: 'step', ticks: 6 },
      y: { label, grid: true, ticks: 5 },
      marks: [line(pointsOf(records, key), colors.training)],
    }),
    caption,
  })

const learning = (result: SftRun): string =>
  sectionHtml('learning', 'How did it learn?', '', [
    figureGrid([
      lossFigure(result),
      stepFigure(result, 'mean_token_accuracy', {
        title: 'Token accuracy',
        label: 'share of tokens',
        caption: 'How many of the tokens that are learned were the most probable ones.',
      }),
      stepFigure(result, 'grad_norm', {
        title: 'Gradient norm',
        label: 'norm',
        caption: `Before clipping to ${result.config.maxGradNorm}.`,
      }),
    ]),
  ])

function summary({ config, records, rows, parameters }: SftRun): string[] {
  const [first, last] = [records[0]!, records.at(-1)!]
  const what = config.lora ? `an adapter of rank ${config.lora.rank}` : 'all parameters'
  const held =
    last.eval_loss === undefined ? [] : [`On held-out rows it was ${formatDecimal(last.eval_loss)} at last.`]
  return [
    `${formatCount(records.length)} steps over ${formatCount(rows)} rows trained ${what}: ${formatCount(parameters)} numbers.`,
    `The loss was ${formatDecimal(first.loss)} at first and ${formatDecimal(last.loss)} at last.`,
    ...held,
    ...[risingLoss(records)].flatMap((problem) => (problem === undefined ? [] : [`Warning: ${problem}.`])),
  ]
}

/** The page of a fine-tuning. */
export function sftReport(result: SftRun, command: string): string {
  const { config } = result
  const { trainingFiles, files, model, seed } = config
  return commandPage({
    title: 'Fine-tuning',
    subtitle: `${model}, on ${files.slice(0, trainingFiles).join(', ')}.`,
    summary: summary(result),
    sections: [learning(result)],
    command,
    seed,
    config,
  })
}
