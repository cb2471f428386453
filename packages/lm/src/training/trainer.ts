import { applyUpdates, globalNorm, type Optimizer } from '@prefkit/nn'
import {
  add,
  type BackendChoice,
  type Compilation,
  type Jitted,
  jit,
  releaseTree,
  splitKey,
  Tensor,
  type Tree,
  tensor,
  treeMap,
  treeZip,
  valueAndGrad,
  zerosLike,
} from '@prefkit/tensor'
import { resolveLora } from '../lora/lora-config'
import type { Weights } from '../models/weights'
import type { Datum } from './datum'
import { targetPlaces } from './datum'
import type { LossFunction, LossInputs } from './loss'
import { type MicroBatchOptions, planMicroBatches, resolveMicroBatches } from './micro-batches'
import { batchOutputs, lossInputs, type TrainedModel } from './trained-model'
import { batchDims, type TrainingBatch, trainingBatch } from './training-batch'

/** How a {@link Trainer} is made. */
export interface TrainerOptions {
  /** The optimiser, of a learning rate that each step is given. */
  readonly optimizer: (learningRate: Tensor) => Optimizer
  /** Where to run. Default: `auto`. */
  readonly backend?: BackendChoice
}

/** Where training stands: the weights that train and the optimiser's state. */
export interface TrainerState {
  readonly trained: Weights
  readonly optimizer: Tree
}

/** What a loss came to on a batch. */
export interface LossReport {
  readonly loss: number
  readonly metrics: Readonly<Record<string, number>>
}

/** What decides random choices of a step, such as those of dropout. */
export interface StepRandomness {
  readonly seed: number
  readonly step: number
}

/** What a model says of one datum. */
export interface DatumOutputs {
  /** ln p of each target. */
  readonly logProbs: Float32Array
  /** With a value head: the value of the state before each target. */
  readonly values?: Float32Array
  /** With a reward head. */
  readonly reward?: number
}

/** Compiled training of one model. What is called must end before the next call begins. */
export interface Trainer {
  readonly model: TrainedModel
  /** The values of what trains. The next step uses them up: copy what is to stay. */
  readonly state: TrainerState
  /** Goes on from other values, which are copied. */
  restore(state: TrainerState): void
  /** Adds the gradient of a loss on a batch to what has been added up since the last update. */
  accumulate(
    data: readonly Datum[],
    loss: LossFunction,
    random: StepRandomness,
    options: MicroBatchOptions,
  ): Promise<LossReport>
  /** Moves the weights by the gradient that was added up, and forgets it. @returns its norm. */
  update(learningRate: number): Promise<number>
  /** Both for a batch that is computed at once, as one compiled graph. */
  step(
    data: readonly Datum[],
    loss: LossFunction,
    random: StepRandomness,
    options: MicroBatchOptions & { learningRate: number },
  ): Promise<LossReport & { gradNorm: number }>
  /**
   * What the model says of data, in their order.
   * @param weights what trains, as it was at another time. Default: as it is now.
   * @param share multiplies the low-rank change. Default: 1.
   */
  evaluate(
    data: readonly Datum[],
    options: MicroBatchOptions & { weights?: Weights; share?: number },
  ): Promise<DatumOutputs[]>
  compilations(): Promise<Compilation[]>
  release(): Promise<void>
}

const scalar = (value: number): Tensor => tensor(value, { dtype: 'f32' })

/** Elements of their own: what a step uses up must not be somebody else's. */
export const copyTree = <T>(tree: T): T =>
  treeMap((leaf) => Tensor.fromData(leaf.data.slice(), leaf.dims, leaf.dtype), tree)

type Passed = readonly [
  tokens: TrainingBatch['tokens'],
  targets: TrainingBatch['targets'],
  rows: TrainingBatch['rows'],
  totals: LossInputs['totals'],
  key: Tensor | null,
]

const passedDims = [batchDims.tokens, batchDims.targets, batchDims.rows, [], []]

/** Loss and gradient of one part of a batch, traced. */
function differentiate(model: TrainedModel, loss: LossFunction, trained: Weights, passed: Passed) {
  const [tokens, targets, rows, totals, key] = passed
  const batch = { tokens, targets, rows }
  return valueAndGrad(
    (weights: Weights) => {
      const outputs = batchOutputs(model, weights, batch, { key })
      const { loss: value, metrics = {} } = loss(lossInputs(outputs, batch, totals))
      return [value, metrics]
    },
    { hasAux: true },
  )<Weights>(trained)
}

function compileLoss(model: TrainedModel, loss: LossFunction, options: TrainerOptions) {
  const { optimizer, backend } = options
  const where = backend === undefined ? {} : { backend }
  const gradients = jit(
    (trained: Weights, sum: Weights, ...passed: Passed) => {
      const [[value, metrics], own] = differentiate(model, loss, trained, passed)
      return { loss: value, metrics, gradients: treeZip(add, sum, own) }
    },
    { ...where, symbolicDims: [[], [], ...passedDims], resident: ['gradients'], donate: [1] },
  )
  const step = jit(
    (trained: Weights, state: Tree, learningRate: Tensor, ...passed: Passed) => {
      const [[value, metrics], own] = differentiate(model, loss, trained, passed)
      return { loss: value, metrics, ...moved(optimizer(learningRate), trained, state, own) }
    },
    { ...where, symbolicDims: [[], [], [], ...passedDims], resident: ['trained', 'state'], donate: [0, 1] },
  )
  return { gradients, step }
}

function moved(optimizer: Optimizer, trained: Weights, state: Tree, gradients: Weights) {
  const { updates, state: next } = optimizer.update(gradients, state, trained)
  return { trained: applyUpdates(trained, updates), state: next, gradNorm: globalNorm(gradients) }
}

const compileUpdate = ({ optimizer, backend }: TrainerOptions) =>
  jit(
    (trained: Weights, state: Tree, learningRate: Tensor, gradients: Weights) =>
      moved(optimizer(learningRate), trained, state, gradients),
    { ...(backend === undefined ? {} : { backend }), resident: ['trained', 'state'], donate: [0, 1, 3] },
  )

const compileEvaluation = (model: TrainedModel, { backend }: TrainerOptions) =>
  jit(
    (
      trained: Weights,
      share: Tensor,
      tokens: TrainingBatch['tokens'],
      targets: TrainingBatch['targets'],
      rows: TrainingBatch['rows'],
    ) => {
      const { correct: _, ...said } = batchOutputs(model, trained, { tokens, targets, rows }, { share })
      return said
    },
    {
      ...(backend === undefined ? {} : { backend }),
      symbolicDims: [[], [], batchDims.tokens, batchDims.targets, batchDims.rows],
    },
  )

/** The outputs of a compiled pass, told apart by datum. */
function byDatum(
  data: readonly Datum[],
  said: { readonly logProbs: Tensor; readonly values?: Tensor; readonly rewards?: Tensor },
): DatumOutputs[] {
  let start = 0
  return data.map((datum, row) => {
    const end = start + targetPlaces(datum).length
    // All are f32, as what is computed of f32 weights.
    const part = (x: Tensor) => (x.data as Float32Array).slice(start, end)
    const outputs = {
      logProbs: part(said.logProbs),
      ...(said.values ? { values: part(said.values) } : {}),
      ...(said.rewards ? { reward: said.rewards.data[row]! } : {}),
    }
    start = end
    return outputs
  })
}

/** A batch in parts, as compiled steps take them. */
function partsOf(
  model: TrainedModel,
  data: readonly Datum[],
  { seed, step }: StepRandomness,
  options: MicroBatchOptions,
): Passed[] {
  const { groupSize } = resolveMicroBatches(options)
  const plan = planMicroBatches(
    data.map(({ tokens }) => tokens.length),
    options,
  )
  const targets = data.reduce((sum, datum) => sum + targetPlaces(datum).length, 0)
  const totals = { rows: scalar(data.length), targets: scalar(targets) }
  const drops = model.lora !== undefined && resolveLora(model.lora).dropout > 0
  const keys = drops ? splitKey(tensor(new Int32Array([seed, step])), plan.length) : []
  return plan.map((rows, i) => {
    const batch = trainingBatch(
      rows.map((row) => data[row]!),
      groupSize,
    )
    return [batch.tokens, batch.targets, batch.rows, totals, keys[i] ?? null]
  })
}

/** Compiles nothing yet: each function is compiled when it is first called, each loss once. */
export function createTrainer(model: TrainedModel, options: TrainerOptions): Trainer {
  let trained = copyTree(model.trained)
  let optimizer = options.optimizer(scalar(0)).init(trained)
  let sum: Weights | undefined
  const losses = new Map<LossFunction, ReturnType<typeof compileLoss>>()
  const update = compileUpdate(options)
  const evaluation = compileEvaluation(model, options)
  const compiled = (loss: LossFunction) => {
    const known = losses.get(loss) ?? compileLoss(model, loss, options)
    losses.set(loss, known)
    return known
  }
  const all = (): Pick<Jitted<never, unknown>, 'compilations' | 'release'>[] => [
    update,
    evaluation,
    ...[...losses.values()].flatMap(({ gradients, step }) => [gradients, step]),
  ]

  return {
    model,
    get state() {
      return { trained, optimizer }
    },
    restore(state) {
      trained = copyTree(state.trained)
      optimizer = copyTree(state.optimizer)
      sum = undefined
    },
    async accumulate(data, loss, random, micro) {
      const report = { loss: 0, metrics: {} as Record<string, number> }
      for (const part of partsOf(model, data, random, micro)) {
        const before = sum ?? treeMap(zerosLike, trained)
        // Used up from here on, whatever becomes of the call.
        sum = undefined
        const result = await compiled(loss).gradients(trained, before, ...part)
        sum = result.gradients
        report.loss += result.loss.item()
        for (const [name, value] of Object.entries(result.metrics)) {
          report.metrics[name] = (report.metrics[name] ?? 0) + value.item()
        }
      }
      return report
    },
    async update(learningRate) {
      const gradients = sum ?? treeMap(zerosLike, trained)
      sum = undefined
      const result = await update(trained, optimizer, scalar(learningRate), gradients)
      trained = result.trained
      optimizer = result.state
      return result.gradNorm.item()
    },
    async step(data, loss, random, { learningRate, ...micro }) {
      const [part, ...others] = partsOf(model, data, random, micro)
      if (others.length > 0 || sum) throw new Error('step: the batch is not computed at once')
      const result = await compiled(loss).step(trained, optimizer, scalar(learningRate), ...part!)
      trained = result.trained
      optimizer = result.state
      const metrics = Object.entries(result.metrics).map(([name, value]) => [name, value.item()] as const)
      return {
        loss: result.loss.item(),
        metrics: Object.fromEntries(metrics),
        gradNorm: result.gradNorm.item(),
      }
    },
    async evaluate(data, { weights = trained, share = 1, ...micro }) {
      const outputs: DatumOutputs[] = []
      const plan = planMicroBatches(
        data.map(({ tokens }) => tokens.length),
        micro,
      )
      for (const rows of plan) {
        const part = rows.map((row) => data[row]!)
        const batch = trainingBatch(part, 1)
        const said = await evaluation(weights, scalar(share), batch.tokens, batch.targets, batch.rows)
        byDatum(part, said).forEach((each, i) => {
          outputs[rows[i]!] = each
        })
      }
      return outputs
    },
    async compilations() {
      return (await Promise.all(all().map((each) => each.compilations()))).flat()
    },
    async release() {
      releaseTree([trained, optimizer, sum])
      await Promise.all(all().map((each) => each.release()))
    },
  }
}
