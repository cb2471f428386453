import {
  type Check,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  oneOf,
  whole,
  within,
} from '../common-options'

/** Settings of an MLP reward model and its training. Every one has a default. */
export interface MlpOptions extends CommonOptions {
  /** A multi-layer perceptron, which is what a reward model is where nothing else is asked for. */
  kind: 'mlp'
  /** Widths of the hidden layers; `[]` is a linear model. Default: `[64]`. */
  hidden: readonly number[]
  /** Activation between layers: `relu`, `gelu`, `silu`, `tanh`. Default: `relu`. */
  activation: 'relu' | 'gelu' | 'silu' | 'tanh'
  /** Share of hidden units dropped while training, in [0, 1). Default: 0. */
  dropout: number
  /** Step size of AdamW, > 0. Default: 1e-3. */
  learningRate: number
  /** Decoupled weight decay on weights, not biases, ≥ 0. Default: 0. */
  weightDecay: number
  /** Pairs a step, at most (with `mirror`, a pair and its exchange count as two). Default: 512. */
  batchSize: number
  /**
   * How the batches of an epoch are drawn: `shuffle` takes each pair once; `random` draws each batch anew from all pairs,
   * none twice in it, as the code of 2411.04991 does. Default: `shuffle`.
   */
  sampling: 'shuffle' | 'random'
  /** Centre and scale each feature by its training rows. Default: true. */
  standardize: boolean
  /**
   * Learn from each pair in both orders, as two rows of the batches. Both losses are the same for either, so this only
   * changes which rows a batch holds. Both orders are on one side of the split. Default: false.
   */
  mirror: boolean
  /** Weight of (r_c + r_r)² that keeps rewards centred, ≥ 0 (`bt` only). Default: 0. */
  centeringCoefficient: number
}

/** The defaults of {@link MlpOptions}. */
export const mlpDefaults: MlpOptions = {
  kind: 'mlp',
  ...commonDefaults,
  hidden: [64],
  activation: 'relu',
  dropout: 0,
  learningRate: 1e-3,
  weightDecay: 0,
  batchSize: 512,
  epochs: 30,
  sampling: 'shuffle',
  patience: 5,
  standardize: true,
  mirror: false,
  centeringCoefficient: 0,
}

/** The checks of {@link MlpOptions}. */
export const mlpChecks: Readonly<Record<keyof MlpOptions, Check>> = {
  ...commonChecks,
  kind: oneOf('mlp'),
  hidden: [
    'a list of whole numbers ≥ 1',
    (value: unknown) => Array.isArray(value) && value.every(whole(1) as (v: unknown) => boolean),
  ],
  activation: oneOf('relu', 'gelu', 'silu', 'tanh'),
  dropout: ['a number in [0, 1)', within(0, 1)],
  learningRate: ['a number > 0', within(Number.MIN_VALUE, Number.POSITIVE_INFINITY)],
  weightDecay: ['a number ≥ 0', within(0, Number.POSITIVE_INFINITY)],
  batchSize: ['a whole number ≥ 1', whole(1)],
  sampling: oneOf('shuffle', 'random'),
  standardize: oneOf(true, false),
  mirror: oneOf(true, false),
  centeringCoefficient: ['a number ≥ 0', within(0, Number.POSITIVE_INFINITY)],
}
