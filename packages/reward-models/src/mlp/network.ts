import { bradleyTerryLoss, classificationLoss } from '@prefkit/losses'
import {
  adamW,
  applyUpdates,
  type Initializer,
  type Layer,
  type MlpParams,
  mlp,
  type Optimizer,
  weightsOnly,
} from '@prefkit/nn'
import {
  type BackendChoice,
  concat,
  jit,
  matmul,
  mean,
  mul,
  randomKey,
  reshape,
  split,
  sub,
  type Tensor,
  type Tree,
  take,
  tensor,
  valueAndGrad,
} from '@prefkit/tensor'
import type { Objective } from '../common-options'
import { type PairData, takePairs } from '../pair-data'
import type { MlpOptions } from './mlp-options'
import type { Scaler } from './standardize'

/** Weights of one member. */
export type Params = MlpParams

/** What a step changes: the weights and the optimiser's state. */
export interface Optimization {
  readonly params: Params
  readonly optimizer: Tree
}

/** Which random numbers a step may use: they depend on nothing else, so that a resumed run draws the same. */
export interface StepSeed {
  readonly seed: number
  readonly step: number
}

/** Figures of a batch. */
export interface BatchMetrics {
  readonly loss: number
  readonly accuracy: number
  readonly margin: number
}

/** The compiled functions of one architecture; equal trainings share one. */
export interface Network {
  /** Fresh weights and optimiser state for inputs of this width. */
  begin(inputs: number, seed: number): Promise<Optimization>
  /**
   * One step on a batch of pairs over the feature table `[rows, inputs]`. On a GPU the new optimization is in its memory, and
   * the one that was given is used up if it was there too; `readTree` copies it.
   */
  step(
    optimization: Optimization,
    table: Tensor,
    batch: PairData,
    random: StepSeed,
  ): Promise<{ optimization: Optimization; metrics: BatchMetrics }>
  /** Figures of pairs without learning from them; `undefined` for none. */
  evaluate(params: Params, table: Tensor, pairs: PairData): Promise<BatchMetrics | undefined>
  /** The reward of each row of a table `[rows, inputs]`. */
  score(params: Params, table: Tensor): Promise<Float32Array>
  /** Frees the compiled functions. */
  release(): Promise<void>
}

/** Column of a batch that the compiled functions read. */
type BatchTensors = { chosen: Tensor; rejected: Tensor; preference?: Tensor; margin?: Tensor }

const losses: Readonly<
  Record<Objective, (c: Tensor, r: Tensor, batch: BatchTensors, options: MlpOptions) => Loss>
> = {
  bt: (chosen, rejected, { preference, margin }, { labelSmoothing, centeringCoefficient }) =>
    bradleyTerryLoss(chosen, rejected, { preference, margin, labelSmoothing, centeringCoefficient }),
  clf: (chosen, rejected, { preference }, { labelSmoothing }) =>
    classificationLoss(chosen, rejected, { preference, labelSmoothing }),
}

interface Loss {
  readonly losses: Tensor
  readonly metrics: { readonly accuracy: Tensor; readonly margin: Tensor }
}

/** Most pairs evaluated, and rows scored, in one run: bounds the memory of the activations. */
const chunk = 8192

const layerOf = (
  { hidden, activation, dropout }: MlpOptions,
  inputs: number,
  weight?: Initializer,
): Layer<Params> => mlp({ inputs, hidden, activation, dropout, weight })

const optimizerOf = ({ learningRate, weightDecay }: MlpOptions): Optimizer =>
  adamW({ learningRate, weightDecay, mask: weightsOnly })

/** Weights of 0: the names and shapes that {@link Network.begin} draws, without the drawing. */
export const blankParams = (options: MlpOptions, inputs: number): Params =>
  layerOf(options, inputs, (_, shape) => tensor(new Float32Array(lengthOf(shape)), { shape })).init(
    randomKey(0),
  )

const lengthOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Weights and optimiser state of 0, as {@link blankParams}. */
export function blankOptimization(options: MlpOptions, inputs: number): Optimization {
  const params = blankParams(options, inputs)
  return { params, optimizer: optimizerOf(options).init(params) }
}

/** Mean loss of a batch, both sides by one pass of the network over `[2B, inputs]`; with a key, as while training. */
function lossOf(
  options: MlpOptions,
  params: Params,
  table: Tensor,
  batch: BatchTensors,
  key?: Tensor,
): [Tensor, Loss['metrics']] {
  const rows = take(table, concat([batch.chosen, batch.rejected]))
  const network = layerOf(options, table.shape[1] as number)
  const rewards = reshape(network.apply(params, rows, key ? { train: true, key } : {}), [-1])
  const [chosen, rejected] = split(rewards, 2) as [Tensor, Tensor]
  const { losses: each, metrics } = losses[options.objective](chosen, rejected, batch, options)
  return [mean(each), { accuracy: metrics.accuracy, margin: metrics.margin }]
}

/** The network of these options, its training step compiled on first use. */
export function createNetwork(options: MlpOptions, backend?: BackendChoice): Network {
  const optimizer = optimizerOf(options)
  const step = jit(
    (params: Params, state: Tree, table: Tensor, batch: BatchTensors, key: Tensor) => {
      const differentiate = valueAndGrad((p: Params) => lossOf(options, p, table, batch, key), {
        hasAux: true,
      })
      const [[loss, metrics], grads] = differentiate(params)
      const { updates, state: next } = optimizer.update(grads, state, params)
      return { loss, metrics, params: applyUpdates(params, updates), state: next }
    },
    // Weights and the optimiser's state stay on a GPU from step to step, and a step takes the place of the one before.
    {
      backend,
      symbolicDims: [[], [], ['N'], ['B'], []],
      resident: ['params', 'state'],
      donate: [0, 1],
    },
  )
  const evaluate = jit(
    (params: Params, table: Tensor, batch: BatchTensors) => {
      const [loss, metrics] = lossOf(options, params, table, batch)
      return { loss, metrics }
    },
    { backend, symbolicDims: [[], ['N'], ['B']] },
  )
  const score = jit(
    (params: Params, table: Tensor) =>
      reshape(layerOf(options, table.shape[1] as number).apply(params, table), [-1]),
    { backend, symbolicDims: [[], ['N']] },
  )

  return {
    async begin(inputs, seed) {
      const params = layerOf(options, inputs).init(randomKey(seed))
      return { params, optimizer: optimizer.init(params) }
    },
    async step({ params, optimizer: state }, table, batch, random) {
      const key = tensor(new Int32Array([random.seed, random.step]))
      const result = await step(params, state, table, batchTensors(batch), key)
      return {
        optimization: { params: result.params, optimizer: result.state },
        metrics: metricsOf(result.loss, result.metrics),
      }
    },
    async evaluate(params, table, pairs) {
      const parts: [size: number, metrics: BatchMetrics][] = []
      for (let start = 0; start < pairs.chosen.length; start += chunk) {
        const size = Math.min(chunk, pairs.chosen.length - start)
        const part = takePairs(
          pairs,
          Array.from({ length: size }, (_, i) => start + i),
        )
        const result = await evaluate(params, table, batchTensors(part))
        parts.push([size, metricsOf(result.loss, result.metrics)])
      }
      return parts.length > 0 ? averageMetrics(parts) : undefined
    },
    async score(params, table) {
      const [rows, columns] = table.dims as [number, number]
      const scores = new Float32Array(rows)
      for (let start = 0; start < rows; start += chunk) {
        const end = Math.min(rows, start + chunk)
        const data = table.data.subarray(start * columns, end * columns)
        const part = await score(params, tensor(data, { shape: [end - start, columns] }))
        scores.set(part.data, start)
      }
      return scores
    },
    async release() {
      await Promise.all([step.release(), evaluate.release(), score.release()])
    },
  }
}

const batchTensors = ({ chosen, rejected, preference, margin }: PairData): BatchTensors => ({
  chosen: tensor(chosen),
  rejected: tensor(rejected),
  ...(preference && { preference: tensor(preference) }),
  ...(margin && { margin: tensor(margin) }),
})

const metricsOf = (loss: Tensor, { accuracy, margin }: Loss['metrics']): BatchMetrics => ({
  loss: loss.item(),
  accuracy: accuracy.item(),
  margin: margin.item(),
})

function averageMetrics(parts: readonly [size: number, metrics: BatchMetrics][]): BatchMetrics {
  const total = parts.reduce((sum, [size]) => sum + size, 0)
  const mean = (name: keyof BatchMetrics) =>
    parts.reduce((sum, [size, metrics]) => sum + size * metrics[name], 0) / total
  return { loss: mean('loss'), accuracy: mean('accuracy'), margin: mean('margin') }
}

/** The same function of features that were not scaled: the scaler moves into the first layer's weights. */
export function foldScaler(params: Params, scaler: Scaler): Params {
  const [first, ...rest] = params.layers
  const columns = scaler.mean.length
  const scale = tensor(
    scaler.deviation.map((d) => 1 / d),
    { shape: [columns, 1] },
  )
  const weight = mul(first!.weight, scale)
  const shift = reshape(matmul(tensor(scaler.mean, { shape: [1, columns] }), weight), [-1])
  return { layers: [{ ...first!, weight, bias: sub(first!.bias ?? 0, shift) }, ...rest] }
}
