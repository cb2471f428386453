import { wrongOptions } from '@prefkit/tensor'
import { type StoppingRule, stoppingRules } from './early-stopping'
import { RewardModelError } from './reward-model-error'

/** How a reward model learns from comparisons. */
export type Objective = 'bt' | 'clf'

/** Settings of an MLP reward model and its training. Every one has a default. */
export interface RewardModelOptions {
  /** `bt`: Bradley–Terry on pairs (Siamese). `clf`: each response classified on its own. Default: `bt`. */
  objective: Objective
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
  /** Passes over the training pairs, at most. Default: 30. */
  epochs: number
  /**
   * How the batches of an epoch are drawn: `shuffle` takes each pair once; `random` draws each batch anew from all pairs,
   * none twice in it, as the code of 2411.04991 does. Default: `shuffle`.
   */
  sampling: 'shuffle' | 'random'
  /** Share of the pairs held out (whole groups, so about that much) to watch the loss, in [0, 1). Default: 0.2. */
  validationFraction: number
  /** When to stop early; `worseThanEach` is the rule of 2411.04991. Default: `noImprovement`. */
  stopping: StoppingRule
  /**
   * Whole number n ≥ 0; 0 never stops. `noImprovement` stops after n epochs in a row without a new lowest validation
   * loss, `worseThanEach` as soon as a validation loss is above each of the n before it. Default: 5.
   */
  patience: number
  /** Which weights to keep: of the epoch with the lowest validation loss, or of the last. Default: `best`. */
  keep: 'best' | 'last'
  /** Centre and scale each feature by its training rows. Default: true. */
  standardize: boolean
  /**
   * Learn from each pair in both orders, as two rows of the batches. Both losses are the same for either, so this only
   * changes which rows a batch holds. Both orders are on one side of the split. Default: false.
   */
  mirror: boolean
  /** ε in [0, ½): share of labels taken to be flipped. Default: 0. */
  labelSmoothing: number
  /** Weight of (r_c + r_r)² that keeps rewards centred, ≥ 0 (`bt` only). Default: 0. */
  centeringCoefficient: number
  /** Models trained from different seeds and scored together, ≥ 1. Default: 1. */
  members: number
  /** Whole number in [0, 2³²) that makes training repeat exactly; neighbouring seeds share no member. Default: 0. */
  seed: number
}

/** The defaults of {@link RewardModelOptions}. */
export const defaultRewardModelOptions: RewardModelOptions = {
  objective: 'bt',
  hidden: [64],
  activation: 'relu',
  dropout: 0,
  learningRate: 1e-3,
  weightDecay: 0,
  batchSize: 512,
  epochs: 30,
  sampling: 'shuffle',
  validationFraction: 0.2,
  stopping: 'noImprovement',
  patience: 5,
  keep: 'best',
  standardize: true,
  mirror: false,
  labelSmoothing: 0,
  centeringCoefficient: 0,
  members: 1,
  seed: 0,
}

const paper: Partial<RewardModelOptions> = {
  hidden: [1024, 512],
  activation: 'relu',
  learningRate: 1e-3,
  batchSize: 5120,
  epochs: 30,
  validationFraction: 0.2,
  stopping: 'worseThanEach',
  patience: 3,
  standardize: false,
}

const authors: Partial<RewardModelOptions> = { ...paper, sampling: 'random', keep: 'last' }

/**
 * The models of 2411.04991, under the names it gives them. All have its network (1024 → 512 → 1, ReLU), Adam at 1e-3,
 * 30 epochs at most, 20 % validation, and its rule of stopping.
 *
 * Its batches are of 10,240 rows: of pairs in both orders for Bradley–Terry, of single responses for classification.
 * Either way that is 5,120 pairs, which is what the presets count in, but for the mirrored `bt-mlp-authors`.
 *
 * `…-authors` also draw batches and choose weights as the authors' code does. Two things of it are left out. It splits
 * rows, not prompts: the validation rows of its Bradley–Terry are mostly training pairs in the other order, and the
 * same prompts are on both sides; here pairs and prompts (`groups`) stay
 * whole, or the validation loss would say nothing of new pairs. And it splits anew for each member of an ensemble; here the members share one split.
 */
export const rewardModelPresets = {
  /** BT-MLP; each pair once an epoch, the weights of the best epoch. */
  'bt-mlp': { ...paper, objective: 'bt' },
  /** CLF-MLP: each response classified on its own; each pair once an epoch, the weights of the best epoch. */
  'clf-mlp': { ...paper, objective: 'clf' },
  /** BT-MLP as the authors' code trains it: pairs in both orders, batches drawn at random, the last weights. */
  'bt-mlp-authors': { ...authors, objective: 'bt', mirror: true, batchSize: 10_240 },
  /** CLF-MLP as the authors' code trains it: batches drawn at random (of whole pairs, not responses), the last weights. */
  'clf-mlp-authors': { ...authors, objective: 'clf' },
} as const satisfies Record<string, Partial<RewardModelOptions>>

/** Name of a preset. */
export type RewardModelPreset = keyof typeof rewardModelPresets

type Check = readonly [expected: string, holds: (value: never) => boolean]

const whole =
  (low: number, high = Number.POSITIVE_INFINITY): Check[1] =>
  (value: number) =>
    Number.isSafeInteger(value) && value >= low && value < high
const within =
  (low: number, high: number): Check[1] =>
  (value: number) =>
    typeof value === 'number' && value >= low && value < high
const oneOf = (...names: readonly unknown[]): Check => [
  `one of ${names.join(', ')}`,
  (value: never) => names.includes(value),
]

const checks: Readonly<Record<keyof RewardModelOptions, Check>> = {
  objective: oneOf('bt', 'clf'),
  hidden: [
    'a list of whole numbers ≥ 1',
    (value: unknown) => Array.isArray(value) && value.every(whole(1) as (v: unknown) => boolean),
  ],
  activation: oneOf('relu', 'gelu', 'silu', 'tanh'),
  dropout: ['a number in [0, 1)', within(0, 1)],
  learningRate: ['a number > 0', within(Number.MIN_VALUE, Number.POSITIVE_INFINITY)],
  weightDecay: ['a number ≥ 0', within(0, Number.POSITIVE_INFINITY)],
  batchSize: ['a whole number ≥ 1', whole(1)],
  epochs: ['a whole number ≥ 1', whole(1)],
  sampling: oneOf('shuffle', 'random'),
  validationFraction: ['a number in [0, 1)', within(0, 1)],
  stopping: oneOf(...stoppingRules),
  patience: ['a whole number ≥ 0', whole(0)],
  keep: oneOf('best', 'last'),
  standardize: oneOf(true, false),
  mirror: oneOf(true, false),
  labelSmoothing: ['a number in [0, 0.5)', within(0, 0.5)],
  centeringCoefficient: ['a number ≥ 0', within(0, Number.POSITIVE_INFINITY)],
  members: ['a whole number ≥ 1', whole(1)],
  seed: ['a whole number in [0, 2³²)', whole(0, 2 ** 32)],
}

/**
 * The given settings with the defaults filled in.
 * @throws RewardModelError `INVALID_OPTION` naming the setting, its value and what was expected.
 */
export function resolveOptions(given: Partial<RewardModelOptions> = {}): RewardModelOptions {
  const wrong = wrongOptions(given, checks)
  if (wrong !== undefined) throw new RewardModelError('INVALID_OPTION', wrong)
  const options = { ...defaultRewardModelOptions, ...definedOnly(given) }
  for (const [name, [expected, holds]] of Object.entries(checks)) {
    const value = options[name as keyof RewardModelOptions]
    if (holds(value as never)) continue
    throw new RewardModelError(
      'INVALID_OPTION',
      `${name}: expected ${expected}, got ${typeof value === 'number' ? value : JSON.stringify(value)}`,
    )
  }
  return options
}

const definedOnly = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>
