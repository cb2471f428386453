import {
  type Compilation,
  type Jitted,
  releaseTree,
  splitKey,
  type Tensor,
  tensor,
  treeMap,
  zerosLike,
} from '@prefkit/tensor'
import { LmError } from '../lm-error'
import { resolveLora } from '../lora/lora-config'
import type { Weights } from '../models/weights'
import {
  compiledLosses,
  compileEvaluation,
  type compileLoss,
  compileUpdate,
  inverseOf,
  type Passed,
  scalar,
  type Tempered,
  type TrainerOptions,
} from './compiled-training'
import type { Datum } from './datum'
import { targetPlaces } from './datum'
import { gradientSum } from './gradient-sum'
import type { LossFunction } from './loss'
import { type MicroBatchOptions, planMicroBatches, resolveMicroBatches } from './micro-batches'
import type { BatchOutputs, TrainedModel } from './trained-model'
import { totalsOf, trainingBatch } from './training-batch'
import { copyTree, fromNamed, namedLeaves, readCopy, type TrainingState } from './training-state'

/** What a loss came to on a batch. */
export interface LossReport {
  readonly loss: number
  readonly metrics: Readonly<Record<string, number>>
  /** Numbers of each row by name, in the order of the data, where the loss gives any. */
  readonly rows?: Readonly<Record<string, Float32Array>>
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
  /** Where it was asked for: the entropy of the distribution that each target was told from, in nats. */
  readonly entropies?: Float32Array
  /** With a value head: the value of the state before each target. */
  readonly values?: Float32Array
  /** With a reward head. */
  readonly reward?: number
  /** Of a datum with candidates: ln p of each. */
  readonly candidateLogProbs?: Float32Array
}

/** Compiled training of one model. What is called must end before the next call begins. */
export interface Trainer {
  readonly model: TrainedModel
  /** The values of what trains. The next step uses them up: copy what is to stay. */
  readonly trained: Weights
  /** True between `accumulate` and `update`: gradients wait. */
  readonly pending: boolean
  /** A copy of what trains. */
  values(): Promise<Weights>
  /** A copy of it and of the optimiser's state. */
  snapshot(): Promise<Omit<TrainingState, 'step'>>
  /**
   * Goes on from there, and forgets gradients that wait.
   * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when it is of another training: all is then as it was.
   */
  restore(state: Omit<TrainingState, 'step'>): void
  /**
   * Adds the gradient of a loss on a batch to what has been added up since the last update: all of it, or nothing where it fails.
   */
  accumulate(
    data: readonly Datum[],
    loss: LossFunction,
    random: StepRandomness,
    options: MicroBatchOptions & Tempered,
  ): Promise<LossReport>
  /**
   * Moves the weights by the gradient that was added up, and forgets it.
   * @returns its norm.
   * @throws LmError `INVALID_OPTION` when none was; `DIVERGED` when its norm is not finite: it is forgotten, and the weights and the
   *   optimiser are as they were.
   */
  update(learningRate: number): Promise<number>
  /** Both for a batch that is computed at once, as one compiled graph, which moves weights whatever the gradient is. */
  step(
    data: readonly Datum[],
    loss: LossFunction,
    random: StepRandomness,
    options: MicroBatchOptions & { learningRate: number },
  ): Promise<LossReport & { gradNorm: number }>
  /**
   * What the model says of data, in their order.
   * @param options `weights` is what trains, as it was at another time; default: as it is now. `entropies` asks for these.
   */
  evaluate(
    data: readonly Datum[],
    options: MicroBatchOptions & Tempered & { weights?: Weights; entropies?: boolean },
  ): Promise<DatumOutputs[]>
  compilations(): Promise<Compilation[]>
  release(): Promise<void>
}

/** The outputs of a compiled pass, told apart by datum. */
function byDatum(data: readonly Datum[], said: Omit<BatchOutputs, 'correct'>): DatumOutputs[] {
  let start = 0
  const each = (said.candidateLogProbs?.data.length ?? 0) / data.length
  return data.map((datum, row) => {
    const end = start + targetPlaces(datum).length
    // All are f32, as what is computed of f32 weights.
    const part = (x: Tensor, from = start, to = end) => (x.data as Float32Array).slice(from, to)
    const outputs = {
      logProbs: part(said.logProbs),
      ...(said.entropies ? { entropies: part(said.entropies) } : {}),
      ...(said.values ? { values: part(said.values) } : {}),
      ...(said.rewards ? { reward: said.rewards.data[row]! } : {}),
      ...(said.candidateLogProbs
        ? { candidateLogProbs: part(said.candidateLogProbs, row * each, (row + 1) * each) }
        : {}),
    }
    start = end
    return outputs
  })
}

/** A part of a batch as compiled steps take it, and where its rows are in the batch. */
interface Part {
  readonly rows: readonly number[]
  readonly passed: Passed
}

/** A batch in parts. */
function partsOf(
  model: TrainedModel,
  data: readonly Datum[],
  { seed, step }: StepRandomness,
  options: MicroBatchOptions & Tempered,
): Part[] {
  const { groupSize } = resolveMicroBatches(options)
  const plan = planMicroBatches(
    data.map(({ tokens }) => tokens.length),
    options,
  )
  const [totals, inverse] = [totalsOf(data), inverseOf(options)]
  const drops = model.lora !== undefined && resolveLora(model.lora).dropout > 0
  // Unlike the keys that first values are drawn by, [0, seed], whatever the seed.
  const keys = drops ? splitKey(tensor(new Int32Array([seed, ~step])), plan.length) : []
  return plan.map((rows, i) => {
    const batch = trainingBatch(
      rows.map((row) => data[row]!),
      groupSize,
    )
    const { tokens, targets, rows: marks, candidates } = batch
    return { rows, passed: [tokens, targets, marks, candidates, totals, keys[i] ?? null, inverse] }
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

/** Numbers of rows, put where the rows are in the batch. */
function rowNumbers(parts: readonly Part[]) {
  const size = parts.reduce((sum, { rows }) => sum + rows.length, 0)
  const known: Record<string, Float32Array> = {}
  return {
    put(rows: readonly number[], told: Readonly<Record<string, Tensor>>): void {
      for (const [name, { data }] of Object.entries(told)) {
        known[name] ??= new Float32Array(size)
        for (const [i, row] of rows.entries()) known[name][row] = data[i]!
      }
    },
    report: (): Pick<LossReport, 'rows'> => (Object.keys(known).length > 0 ? { rows: known } : {}),
  }
}

/** What the model says of data, part by part, in their order. */
async function evaluateData(
  run: ReturnType<typeof compileEvaluation>,
  data: readonly Datum[],
  weights: Weights,
  micro: MicroBatchOptions & Tempered,
): Promise<DatumOutputs[]> {
  const outputs: DatumOutputs[] = []
  const inverse = inverseOf(micro)
  for (const rows of planMicroBatches(
    data.map(({ tokens }) => tokens.length),
    micro,
  )) {
    const part = rows.map((row) => data[row]!)
    const { tokens, targets, rows: marks, candidates } = trainingBatch(part, 1)
    byDatum(part, await run(weights, tokens, targets, marks.last, candidates, inverse)).forEach((each, i) => {
      outputs[rows[i]!] = each
    })
  }
  return outputs
}

/**
 * The gradient of a loss on a batch, part by part, and what was reported of it. It is a sum of its own: what fails half-way
 * leaves the gradients of earlier batches as they were.
 */
async function gradientOf(
  run: ReturnType<typeof compileLoss>['gradients'],
  trained: Weights,
  parts: readonly Part[],
): Promise<{ readonly gradient: Weights; readonly report: LossReport }> {
  const reports: LossReport[] = []
  const placed = rowNumbers(parts)
  let gradient: Weights = treeMap(zerosLike, trained)
  try {
    for (const { rows, passed } of parts) {
      const result = await run(trained, gradient, ...passed)
      gradient = result.gradients
      placed.put(rows, result.rows)
      reports.push({ loss: result.loss.item(), metrics: numbersOf(result.metrics) })
    }
  } catch (error) {
    releaseTree(gradient)
    throw error
  }
  return { gradient, report: { ...sumOf(reports), ...placed.report() } }
}

/** A trainer that has compiled nothing yet: each function is compiled when it is first called. */
export function createTrainer(model: TrainedModel, options: TrainerOptions): Trainer {
  let trained = copyTree(model.trained)
  let optimizer = options.optimizer(scalar(0)).init(trained)
  const sum = gradientSum(options.backend)
  const losses = compiledLosses(model, options)
  const update = compileUpdate(options)
  const evaluation = compileEvaluation(model, options, false)
  const withEntropies = compileEvaluation(model, options, true)
  const all = (): Pick<Jitted<never, unknown>, 'compilations' | 'release'>[] => [
    update,
    evaluation,
    withEntropies,
    ...sum.graphs(),
    ...losses.all(),
  ]

  return {
    model,
    get trained() {
      return trained
    },
    get pending() {
      return sum.waiting
    },
    values: () => readCopy(trained),
    async snapshot() {
      return { trained: await readCopy(trained), optimizer: namedLeaves(await readCopy(optimizer)) }
    },
    restore(state) {
      const weights = fromNamed(model.trained, state.trained, 'trained')
      const fresh = options.optimizer(scalar(0)).init(weights)
      const moments = fromNamed(fresh, state.optimizer, 'optimizer')
      releaseTree([trained, optimizer])
      sum.forget()
      ;[trained, optimizer] = [weights, moments]
    },
    async accumulate(data, loss, random, micro) {
      const parts = partsOf(model, data, random, micro)
      const { gradient, report } = await gradientOf((await losses.of(loss)).gradients, trained, parts)
      await sum.add(gradient)
      return report
    },
    async update(learningRate) {
      const { gradients, size } = await sum.use()
      const result = await update(trained, optimizer, scalar(learningRate), gradients)
      ;[trained, optimizer] = [result.trained, result.state]
      return size
    },
    async step(data, loss, random, { learningRate, ...micro }) {
      const parts = partsOf(model, data, random, micro)
      if (parts.length > 1) throw tooLarge(parts.length)
      const { step } = await losses.of(loss)
      const result = await step(trained, optimizer, scalar(learningRate), ...parts[0]!.passed)
      ;[trained, optimizer] = [result.trained, result.state]
      const gradNorm = result.gradNorm.item()
      return { loss: result.loss.item(), metrics: numbersOf(result.metrics), gradNorm }
    },
    evaluate: (data, { weights = trained, entropies = false, ...rest }) =>
      evaluateData(entropies ? withEntropies : evaluation, data, weights, rest),
    compilations: async () => (await Promise.all(all().map((each) => each.compilations()))).flat(),
    async release() {
      releaseTree([trained, optimizer])
      sum.forget()
      await Promise.all(all().map((each) => each.release()))
    },
  }
}
