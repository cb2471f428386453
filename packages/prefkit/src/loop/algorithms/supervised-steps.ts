import type { Datum, DatumOutputs, LossFunction, LossReport, PolicyBackend } from '@prefkit/lm'
import { tensor, zeros } from '@prefkit/tensor'
import { itemsOfStep } from '../prompts/items-of-step'
import { requireCounts, requireSome } from '../prompts/require-counts'
import type { StepMetrics } from '../step-record'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import { requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** What a model that learns from a list of items is told. */
export interface SupervisedOptions extends Omit<AlgorithmOptions, 'steps'> {
  /** Passes over the items. Default: 1. */
  readonly epochs?: number
  /** Steps to make, in all. Default: those of the epochs. */
  readonly steps?: number
  /** Items of a step. Default: 16. */
  readonly batchSize?: number
}

/** Rows of items, as a loss takes them. */
export interface SupervisedBatch {
  readonly data: readonly Datum[]
  readonly loss: LossFunction
  /** Rows that the loss compares. */
  readonly groupSize: number
}

/** What is learnt, from what. */
export interface Supervision<Item> {
  /** Under which errors are told. */
  readonly name: string
  readonly model: PolicyBackend
  /** What they are called, for messages. */
  readonly itemNames: string
  readonly items: readonly Item[]
  /** Items that are not learnt from; may be none. */
  readonly evaluation: readonly Item[]
  readonly batchOf: (items: readonly Item[]) => Promise<SupervisedBatch>
  /** As the items of evaluations are shown. */
  readonly evaluationOf: (items: readonly Item[]) => Promise<SupervisedBatch>
  /** What else goes on from step to step: the `data` of a state. Default: nothing. */
  readonly data?: () => unknown
  /** Metrics of numbers of rows, which the loss tells. */
  readonly rowMetrics?: (rows: NonNullable<LossReport['rows']>) => StepMetrics
}

/** A loss on what a model says of data, without its gradient. */
function lossOn({ data, loss }: SupervisedBatch, said: readonly DatumOutputs[]): LossReport {
  const column = (values: readonly number[]) => tensor(Float32Array.from(values))
  const table = (rows: readonly Float32Array[]) =>
    tensor(Float32Array.from(rows.flatMap((row) => Array.from(row))), {
      shape: [rows.length, rows[0]!.length],
    })
  const names = Object.keys(data[0]!.inputs ?? {})
  const {
    loss: total,
    metrics = {},
    rows = {},
  } = loss({
    // Of data without targets.
    ...{ logProbs: zeros([data.length, 0]), mask: zeros([data.length, 0]) },
    totals: { rows: tensor(data.length, { dtype: 'f32' }), targets: tensor(0, { dtype: 'f32' }) },
    // Inputs of these data are numbers.
    inputs: Object.fromEntries(
      names.map((name) => [name, column(data.map(({ inputs }) => inputs![name] as number))]),
    ),
    ...(said[0]!.reward !== undefined && { rewards: column(said.map(({ reward }) => reward!)) }),
    ...(said[0]!.candidateLogProbs && {
      candidateLogProbs: table(said.map(({ candidateLogProbs }) => candidateLogProbs!)),
    }),
  })
  const told = Object.entries(rows).map(([name, { data: values }]) => [name, Float32Array.from(values)])
  return {
    loss: total.item(),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value.item()])),
    rows: Object.fromEntries(told),
  }
}

const metricsOf = <Item>(
  { rowMetrics }: Supervision<Item>,
  { loss, metrics, rows }: LossReport,
): StepMetrics => ({
  loss,
  ...metrics,
  ...(rows && rowMetrics ? rowMetrics(rows) : {}),
})

/** What held-out items come to, under TRL's names, `eval_…`. */
async function evaluate<Item>(supervision: Supervision<Item>): Promise<StepMetrics> {
  const batch = await supervision.evaluationOf(supervision.evaluation)
  const report = lossOn(batch, await supervision.model.forward(batch.data))
  const metrics = Object.entries(metricsOf(supervision, report))
  return Object.fromEntries(metrics.map(([name, value]) => [`eval_${name}`, value]))
}

/**
 * Steps of a model that learns from items by a loss on groups of their rows: each item once an epoch, each epoch in
 * another order. Held-out items are evaluated when an epoch ends, and after the last step.
 */
export async function* supervisedSteps<Item>(
  supervision: Supervision<Item>,
  options: SupervisedOptions,
): Algorithm {
  const { name, model, items, evaluation, batchOf } = supervision
  const { epochs = 1, batchSize = 16, seed = 0, resume, signal } = options
  requireSome(name, supervision.itemNames, items)
  requireCounts(name, { epochs, batchSize })
  const steps = options.steps ?? Math.ceil((epochs * items.length) / batchSize)
  requireNumbers(name, {
    ...{ steps, seed },
    ...(typeof options.learningRate === 'number' && { learningRate: options.learningRate }),
  })
  if (resume) await model.restore(resume.trainings.model!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    signal?.throwIfAborted()
    const { time, seconds } = stopwatch()
    const learningRate = learningRateAt(options.learningRate, step)
    const batch = await time('prepare', () => batchOf(itemsOfStep(items, step, { count: batchSize, seed })))
    const learnt = await time('learn', async () => {
      const { data, loss, groupSize } = batch
      const report = await model.forwardBackward(data, loss, { groupSize })
      const { gradNorm } = await model.optimStep({ learningRate })
      return { ...metricsOf(supervision, report), grad_norm: gradNorm }
    })
    const epochOf = (count: number): number => (count * batchSize) / items.length
    const ends = Math.floor(epochOf(step + 1)) > Math.floor(epochOf(step)) || step + 1 === steps
    const heldOut = ends && evaluation.length > 0 ? await time('evaluate', () => evaluate(supervision)) : {}
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: { ...learnt, learning_rate: learningRate, epoch: epochOf(step + 1), ...heldOut },
      seconds,
      state: async () => {
        const trainings = { model: await model.state() }
        return { step: step + 1, trainings, ...(supervision.data && { data: supervision.data() }) }
      },
    }
  }
}
