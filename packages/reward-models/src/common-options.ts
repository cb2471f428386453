import { type StoppingRule, stoppingRules } from './early-stopping'

/** How a reward model learns from comparisons. */
export type Objective = 'bt' | 'clf'

/** Settings that reward models of every kind have. Every one has a default. */
export interface CommonOptions {
  /** `bt`: Bradley–Terry on pairs (Siamese). `clf`: each response classified on its own. Default: `bt`. */
  objective: Objective
  /** Passes over the training pairs, at most; for trees, rounds of boosting. Default: 30, for trees 100. */
  epochs: number
  /** Share of the pairs held out (whole groups, so about that much) to watch the loss, in [0, 1). Default: 0.2. */
  validationFraction: number
  /** When to stop early; `worseThanEach` is the rule of 2411.04991. Default: `noImprovement`. */
  stopping: StoppingRule
  /**
   * Whole number n ≥ 0; 0 never stops. `noImprovement` stops after n epochs in a row without a new lowest validation
   * loss, `worseThanEach` as soon as a validation loss is above each of the n before it. Default: 5, for trees 20.
   */
  patience: number
  /** Which model to keep: of the epoch with the lowest validation loss, or of the last. Default: `best`. */
  keep: 'best' | 'last'
  /** ε in [0, ½): share of labels taken to be flipped. Default: 0. */
  labelSmoothing: number
  /** Models trained from different seeds and scored together, ≥ 1. Default: 1. */
  members: number
  /** Whole number in [0, 2³²) that makes training repeat exactly; neighbouring seeds share no member. Default: 0. */
  seed: number
}

/** What a setting has to be, in words and as a test. */
export type Check = readonly [expected: string, holds: (value: never) => boolean]

/** A whole number in [low, high). */
export const whole =
  (low: number, high = Number.POSITIVE_INFINITY): Check[1] =>
  (value: number) =>
    Number.isSafeInteger(value) && value >= low && value < high

/** A number in [low, high). */
export const within =
  (low: number, high: number): Check[1] =>
  (value: number) =>
    typeof value === 'number' && value >= low && value < high

/** One of these values. */
export const oneOf = (...names: readonly unknown[]): Check => [
  `one of ${names.join(', ')}`,
  (value: never) => names.includes(value),
]

/** The checks of {@link CommonOptions}. */
export const commonChecks: Readonly<Record<keyof CommonOptions, Check>> = {
  objective: oneOf('bt', 'clf'),
  epochs: ['a whole number ≥ 1', whole(1)],
  validationFraction: ['a number in [0, 1)', within(0, 1)],
  stopping: oneOf(...stoppingRules),
  patience: ['a whole number ≥ 0', whole(0)],
  keep: oneOf('best', 'last'),
  labelSmoothing: ['a number in [0, 0.5)', within(0, 0.5)],
  members: ['a whole number ≥ 1', whole(1)],
  seed: ['a whole number in [0, 2³²)', whole(0, 2 ** 32)],
}

/** The defaults of {@link CommonOptions} that all kinds share. */
export const commonDefaults = {
  objective: 'bt',
  validationFraction: 0.2,
  stopping: 'noImprovement',
  keep: 'best',
  labelSmoothing: 0,
  members: 1,
  seed: 0,
} as const satisfies Partial<CommonOptions>
