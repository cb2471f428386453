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
  /** Pairs a step. Default: 512. */
  batchSize: number
  /** Passes over the training pairs, at most. Default: 30. */
  epochs: number
  /** How the pairs of an epoch are drawn: a shuffled pass, or fresh random draws as in the code of 2411.04991. */
  sampling: 'shuffle' | 'random'
  /** Share of the pairs held out (whole groups) to watch the loss, in [0, 1). Default: 0.2. */
  validationFraction: number
  /** When to stop early. Default: `noImprovement`. */
  stopping: StoppingRule
  /** Epochs that the stopping rule looks at; 0 never stops. Default: 5. */
  patience: number
  /** Which weights to keep: of the epoch with the lowest validation loss, or of the last. Default: `best`. */
  keep: 'best' | 'last'
  /** Centre and scale each feature by its training rows. Default: true. */
  standardize: boolean
  /** Add each pair with its responses exchanged *before* the split, as the code of 2411.04991 does. Default: false. */
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
  batchSize: 10_240,
  epochs: 30,
  validationFraction: 0.2,
  stopping: 'worseThanEach',
  patience: 3,
  standardize: false,
}

/** The models of 2411.04991 (METHODS of the paper), under the names it gives them. */
export const rewardModelPresets = {
  /** BT-MLP: 1024 → 512 → 1, ReLU, Adam 1e-3, batch 10,240, 30 epochs, split before mirroring, best weights. */
  'bt-mlp': { ...paper, objective: 'bt' },
  /** CLF-MLP: the same network, each response classified on its own. */
  'clf-mlp': { ...paper, objective: 'clf' },
  /** BT-MLP as the authors' code trains it: pairs mirrored before the split, random batches, last weights. */
  'bt-mlp-authors': { ...paper, objective: 'bt', mirror: true, sampling: 'random', keep: 'last' },
  /** CLF-MLP as the authors' code trains it. */
  'clf-mlp-authors': { ...paper, objective: 'clf', mirror: true, sampling: 'random', keep: 'last' },
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
  const unknown = Object.keys(given).find((name) => !(name in checks))
  if (unknown !== undefined) {
    const message = `${unknown}: no such option; expected one of ${Object.keys(checks).join(', ')}`
    throw new RewardModelError('INVALID_OPTION', message)
  }
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
