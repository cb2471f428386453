import type { Datum, LossFunction, PolicyBackend } from '@prefkit/lm'
import { itemsOfStep } from '../prompts/items-of-step'
import { meanMetrics } from '../rewards/mean-metrics'
import type { StepMetrics } from '../step-record'

/** How a model learns from the data of a step. */
export interface UpdateOptions {
  readonly loss: LossFunction
  readonly learningRate: number
  /** Passes over the data. */
  readonly epochs: number
  /** Updates of a pass. */
  readonly minibatches: number
  /** Rows that the loss compares, each so many in a row: `batch` for all data of an update. Default: 1. */
  readonly groupSize?: number | 'batch' | undefined
  /** At which the data were drawn, which the loss then sees log-probabilities at. Default: 1. */
  readonly temperature?: number | undefined
  /** Decides which data go together, with the seed. */
  readonly step: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/** Parts of a list that differ in length by one at most. */
const partsOf = <Item>(items: readonly Item[], count: number): Item[][] =>
  Array.from({ length: count }, (_, part) =>
    items.slice(Math.round((part * items.length) / count), Math.round(((part + 1) * items.length) / count)),
  )

/**
 * Passes over the data of a step, in minibatches drawn anew for each pass unless there is one only, and one update for each.
 * @returns means over the updates: `loss`, `grad_norm` before it is clipped, and the metrics of the loss.
 * @throws LmError `DIVERGED` where a gradient is no number: the model is as it was before that update.
 */
export async function updateModel(
  model: Pick<PolicyBackend, 'forwardBackward' | 'optimStep'>,
  data: readonly Datum[],
  {
    loss,
    learningRate,
    epochs,
    minibatches,
    groupSize = 1,
    temperature = 1,
    step,
    seed,
    signal,
  }: UpdateOptions,
): Promise<StepMetrics> {
  const updates: StepMetrics[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = { count: data.length, seed }
    const passed = minibatches === 1 ? data : itemsOfStep(data, step * epochs + epoch, order)
    for (const part of partsOf(passed, minibatches)) {
      if (part.length === 0) continue
      signal?.throwIfAborted()
      const together = groupSize === 'batch' ? part.length : groupSize
      const report = await model.forwardBackward(part, loss, { groupSize: together, temperature })
      const { gradNorm } = await model.optimStep({ learningRate })
      updates.push({ loss: report.loss, grad_norm: gradNorm, ...report.metrics })
    }
  }
  return meanMetrics(updates)
}
