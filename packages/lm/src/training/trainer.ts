import { applyUpdates, globalNorm, type Optimizer } from '@prefkit/nn'
import {
  add,
  type BackendChoice,
  type Compilation,
  type Jitted,
  jit,
  releaseTree,
  splitKey,
  type Tensor,
  type Tree,
  tensor,
  treeMap,
  treeZip,
  valueAndGrad,
  zerosLike,
} from '@prefkit/tensor'
import { LmError } from '../lm-error'
import { resolveLora } from '../lora/lora-config'
import type { Weights } from '../models/weights'
import type { Datum } from './datum'
import { targetPlaces } from './datum'
import type { LossFunction, LossInputs } from './loss'
import { type MicroBatchOptions, planMicroBatches, resolveMicroBatches } from './micro-batches'
import { batchOutputs, lossInputs, type TrainedModel } from './trained-model'
import { batchDims, type TrainingBatch, totalsOf, trainingBatch } from './training-batch'
import { copyTree, fromNamed, namedLeaves, readCopy, type TrainingState } from './training-state'

/** How a {@link Trainer} is made. */
export interface TrainerOptions {
  /** The optimiser, of a learning rate that each step is given. */
  readonly optimizer: (learningRate: Tensor) => Optimizer
  /** Where to run. Default: `auto`. */
  readonly backend?: BackendChoice
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
  readonly trained: Weights
  /** True between `accumulate` and `update`. */
  readonly pending: boolean
  /** A copy of what trains and of the optimiser's state. */
  snapshot(): Promise<Omit<TrainingState, 'step'>>
  /** Goes on from there. @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when it is of another training. */
  restore(state: Omit<TrainingState, 'step'>): void
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
  const totals = totalsOf(data)
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

/** A batch that would have to be computed in parts. */
const tooLarge = (parts: number): LmError =>
  new LmError('INVALID_OPTION', `microBatchTokens: a step at once needs a batch of one part, got ${parts}`)

const numbersOf = (metrics: Readonly<Record<string, Tensor>>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value.item()]))

const sumOf = (reports: readonly LossReport[]): LossReport => ({
  loss: reports.reduce((sum, { loss }) => sum + loss, 0),
  metrics: Object.fromEntries(
    Object.keys(reports[0]?.metrics ?? {}).map((name) => [
      name,
      reports.reduce((sum, { metrics }) => sum + metrics[name]!, 0),
    ]),
  ),
})

/** Each loss is compiled when it is first used, and kept. */
function compiledLosses(model: TrainedModel, options: TrainerOptions) {
  const known = new Map<LossFunction, ReturnType<typeof compileLoss>>()
  return {
    of(loss: LossFunction) {
      const compiled = known.get(loss) ?? compileLoss(model, loss, options)
      known.set(loss, compiled)
      return compiled
    },
    all: () => [...known.values()].flatMap(({ gradients, step }) => [gradients, step]),
  }
}

/** What the model says of data, part by part, in their order. */
async function evaluateData(
  run: ReturnType<typeof compileEvaluation>,
  data: readonly Datum[],
  weights: Weights,
  { share = 1, ...micro }: MicroBatchOptions & { share?: number },
): Promise<DatumOutputs[]> {
  const outputs: DatumOutputs[] = []
  for (const rows of planMicroBatches(
    data.map(({ tokens }) => tokens.length),
    micro,
  )) {
    const part = rows.map((row) => data[row]!)
    const { tokens, targets, rows: marks } = trainingBatch(part, 1)
    byDatum(part, await run(weights, scalar(share), tokens, targets, marks)).forEach((each, i) => {
      outputs[rows[i]!] = each
    })
  }
  return outputs
}

/** A trainer that has compiled nothing yet: each function is compiled when it is first called. */
export function createTrainer(model: TrainedModel, options: TrainerOptions): Trainer {
  let trained = copyTree(model.trained)
  let optimizer = options.optimizer(scalar(0)).init(trained)
  let sum: Weights | undefined
  const losses = compiledLosses(model, options)
  const update = compileUpdate(options)
  const evaluation = compileEvaluation(model, options)
  const all = (): Pick<Jitted<never, unknown>, 'compilations' | 'release'>[] => [
    update,
    evaluation,
    ...losses.all(),
  ]

  return {
    model,
    get trained() {
      return trained
    },
    get pending() {
      return sum !== undefined
    },
    async snapshot() {
      return { trained: await readCopy(trained), optimizer: namedLeaves(await readCopy(optimizer)) }
    },
    restore(state) {
      trained = fromNamed(model.trained, state.trained, 'trained')
      optimizer = fromNamed(options.optimizer(scalar(0)).init(trained), state.optimizer, 'optimizer')
      sum = undefined
    },
    async accumulate(data, loss, random, micro) {
      const reports: LossReport[] = []
      for (const part of partsOf(model, data, random, micro)) {
        const before = sum ?? treeMap(zerosLike, trained)
        // Used up from here on, whatever becomes of the call.
        sum = undefined
        const result = await losses.of(loss).gradients(trained, before, ...part)
        sum = result.gradients
        reports.push({ loss: result.loss.item(), metrics: numbersOf(result.metrics) })
      }
      return sumOf(reports)
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
      const parts = partsOf(model, data, random, micro)
      if (parts.length > 1) throw tooLarge(parts.length)
      const result = await losses.of(loss).step(trained, optimizer, scalar(learningRate), ...parts[0]!)
      trained = result.trained
      optimizer = result.state
      const gradNorm = result.gradNorm.item()
      return { loss: result.loss.item(), metrics: numbersOf(result.metrics), gradNorm }
    },
    evaluate: (data, { weights = trained, ...rest }) => evaluateData(evaluation, data, weights, rest),
    compilations: async () => (await Promise.all(all().map((each) => each.compilations()))).flat(),
    async release() {
      releaseTree([trained, optimizer, sum])
      await Promise.all(all().map((each) => each.release()))
    },
  }
}
