import { applyUpdates, globalNorm, type Optimizer } from '@prefkit/nn'
import {
  add,
  type BackendChoice,
  type JitOptions,
  jit,
  type Tensor,
  type Tree,
  tensor,
  treeZip,
  valueAndGrad,
} from '@prefkit/tensor'
import type { Weights } from '../models/weights'
import type { LossFunction, LossInputs } from './loss'
import { batchOutputs, lossInputs, type TrainedModel } from './trained-model'
import { batchDims, type TrainingBatch } from './training-batch'

/** How a trainer is made. */
export interface TrainerOptions {
  /** The optimiser, of a learning rate that each step is given. */
  readonly optimizer: (learningRate: Tensor) => Optimizer
  /** Where to run. Default: `auto`. */
  readonly backend?: BackendChoice
}

/** Of which distribution targets are told: T > 0, which logits are divided by. Default: 1. */
export interface Tempered {
  readonly temperature?: number
}

/** A number as a graph takes it. */
export const scalar = (value: number): Tensor => tensor(value, { dtype: 'f32' })

/** A part of a batch as a compiled step takes it. */
export type Passed = readonly [
  tokens: TrainingBatch['tokens'],
  targets: TrainingBatch['targets'],
  rows: TrainingBatch['rows'],
  candidates: TrainingBatch['candidates'],
  totals: LossInputs['totals'],
  key: Tensor | null,
  inverseTemperature: Tensor | null,
]

const passedDims = [batchDims.tokens, batchDims.targets, batchDims.rows, batchDims.candidates, [], [], []]

/** 1/T; none for a temperature of 1, whose graphs divide by nothing. */
export const inverseOf = ({ temperature = 1 }: Tempered): Tensor | null =>
  temperature === 1 ? null : scalar(1 / temperature)

/** Loss and gradient of one part of a batch, traced. */
function differentiate(model: TrainedModel, loss: LossFunction, trained: Weights, passed: Passed) {
  const [tokens, targets, rows, candidates, totals, key, inverseTemperature] = passed
  const batch = { tokens, targets, rows, candidates }
  return valueAndGrad(
    (weights: Weights) => {
      const outputs = batchOutputs(model, weights, batch, { key, inverseTemperature })
      const { loss: value, metrics = {}, rows: each = {} } = loss(lossInputs(outputs, batch, totals))
      return [value, { metrics, rows: each }]
    },
    { hasAux: true },
  )<Weights>(trained)
}

/**
 * Where graphs of the model run. They share the weights that do not train, instead of a packed copy each: a batch to learn from has so many
 * rows that packing them at each run costs little.
 */
const placeOf = ({ backend }: TrainerOptions): JitOptions => ({
  ...(backend === undefined ? {} : { backend }),
  constants: 'shared',
})

/** A loss as two graphs: its gradient added to a sum, and a whole step. */
export function compileLoss(model: TrainedModel, loss: LossFunction, options: TrainerOptions) {
  const { optimizer } = options
  const where = placeOf(options)
  const gradients = jit(
    (trained: Weights, sum: Weights, ...passed: Passed) => {
      const [[value, told], own] = differentiate(model, loss, trained, passed)
      return { loss: value, ...told, gradients: treeZip(add, sum, own) }
    },
    { ...where, symbolicDims: [[], [], ...passedDims], resident: ['gradients'], donate: [1] },
  )
  const step = jit(
    (trained: Weights, state: Tree, learningRate: Tensor, ...passed: Passed) => {
      const [[value, { metrics }], own] = differentiate(model, loss, trained, passed)
      const gradNorm = globalNorm(own)
      return { loss: value, metrics, gradNorm, ...moved(optimizer(learningRate), trained, state, own) }
    },
    { ...where, symbolicDims: [[], [], [], ...passedDims], resident: ['trained', 'state'], donate: [0, 1] },
  )
  return { gradients, step }
}

function moved(optimizer: Optimizer, trained: Weights, state: Tree, gradients: Weights) {
  const { updates, state: next } = optimizer.update(gradients, state, trained)
  return { trained: applyUpdates(trained, updates), state: next }
}

/** Moves weights by a gradient. */
export const compileUpdate = ({ optimizer, backend }: TrainerOptions) =>
  jit(
    (trained: Weights, state: Tree, learningRate: Tensor, gradients: Weights) =>
      moved(optimizer(learningRate), trained, state, gradients),
    { ...(backend === undefined ? {} : { backend }), resident: ['trained', 'state'], donate: [0, 1, 3] },
  )

/**
 * Takes the last tokens of rows and nothing else of these: a graph for whatever inputs the data have. Entropies have one of their
 * own, as they take another pass over all logits.
 */
export const compileEvaluation = (model: TrainedModel, options: TrainerOptions, withEntropies: boolean) =>
  jit(
    (
      trained: Weights,
      tokens: TrainingBatch['tokens'],
      targets: TrainingBatch['targets'],
      last: Tensor,
      candidates: TrainingBatch['candidates'],
      inverseTemperature: Tensor | null,
    ) => {
      const batch = { tokens, targets, rows: { last }, candidates }
      const { correct: _, entropies, ...said } = batchOutputs(model, trained, batch, { inverseTemperature })
      return { ...said, ...(withEntropies && entropies ? { entropies } : {}) }
    },
    {
      ...placeOf(options),
      symbolicDims: [[], batchDims.tokens, batchDims.targets, batchDims.rows, batchDims.candidates, []],
    },
  )

/** Losses that stay compiled. */
const keptLosses = 4

/** Each loss is compiled when it is first used, and kept until {@link keptLosses} others were used after it. */
export function compiledLosses(model: TrainedModel, options: TrainerOptions) {
  // In the order of use.
  const known = new Map<LossFunction, ReturnType<typeof compileLoss>>()
  const graphsOf = ({ gradients, step }: ReturnType<typeof compileLoss>) => [gradients, step]
  return {
    async of(loss: LossFunction) {
      const compiled = known.get(loss) ?? compileLoss(model, loss, options)
      known.delete(loss)
      known.set(loss, compiled)
      const [oldest] = known.keys()
      if (known.size > keptLosses) {
        const idle = known.get(oldest!)!
        known.delete(oldest!)
        await Promise.all(graphsOf(idle).map((graph) => graph.release()))
      }
      return compiled
    },
    all: () => [...known.values()].flatMap(graphsOf),
  }
}
