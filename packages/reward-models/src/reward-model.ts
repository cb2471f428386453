import type { BackendChoice } from '@prefkit/tensor'
import type { FeatureSpec } from './features/feature-spec'
import { createLearner, type LearnerOf, type MemberOf, type OptionsOf } from './kinds/kinds'
import type { Matrix } from './matrix'
import type { ModelKind } from './options'
import { checkFeatures } from './pair-data'
import { RewardModelError } from './reward-model-error'

/** A trained reward model: one network or one list of trees, or several whose scores are combined. */
export type RewardModel<Kind extends ModelKind = ModelKind> = {
  [Own in Kind]: {
    /** The settings it was trained with; their `kind` says what the members are. */
    readonly options: OptionsOf<Own>
    /** Features it expects. */
    readonly inputs: number
    /**
     * Weights, or trees, of each member. Rewards of `bt` members have the mean 0 over the responses they were trained on.
     */
    readonly members: readonly MemberOf<Own>[]
    /** How its features are made of text; absent when it was trained on vectors of another origin. */
    readonly features?: FeatureSpec
  }
}[Kind]

/** How the members' scores become one, and where they are computed. */
export interface ScoreOptions {
  /**
   * `mean`; `min`, the most cautious; `first`, the first member alone; `penalized`, mean − penalty · standard deviation
   * over members. Default: `mean`.
   */
  combine?: 'mean' | 'min' | 'first' | 'penalized'
  /** λ ≥ 0 of `penalized`, in standard deviations. Default: 1. */
  penalty?: number
  /** What MLPs are computed on. Default: `auto`. */
  backend?: BackendChoice
}

/** A model made ready to score again and again; from {@link createScorer}. */
export interface Scorer {
  /** The reward of each row of features, as {@link scoreFeatures} gives it. */
  score(features: Matrix): Promise<Float32Array>
  /** Frees what was compiled; scoring again compiles anew. */
  release(): Promise<void>
}

type Combining = Pick<ScoreOptions, 'combine' | 'penalty'>
type Combine = (scores: readonly number[], penalty: number) => number

const mean = (scores: readonly number[]) => scores.reduce((a, b) => a + b, 0) / scores.length

const combiners: Readonly<Record<NonNullable<ScoreOptions['combine']>, Combine>> = {
  mean,
  first: ([score]) => score!,
  min: (scores) => Math.min(...scores),
  penalized(scores, penalty) {
    const centre = mean(scores)
    const variance = mean(scores.map((score) => (score - centre) ** 2))
    return centre - penalty * Math.sqrt(variance)
  },
}

/**
 * A scorer of a model: its functions are compiled on first use and kept until `release`. For many small tables, such
 * as a stream of rows; for one table, {@link scoreFeatures}.
 * @throws RewardModelError `INVALID_OPTION`.
 */
export function createScorer(model: RewardModel, { backend, ...combining }: ScoreOptions = {}): Scorer {
  requireScoring(combining)
  const learner = createLearner<ModelKind>(model.options, { backend })
  return {
    score: (features) => scoreWith(learner, model, features, combining),
    release: () => learner.release(),
  }
}

/**
 * The reward of each row of features.
 * @returns one number a row: the reward (`bt`: only differences mean something; a member's mean is 0 over the training
 *   responses) or the logit of being chosen (`clf`).
 * @throws RewardModelError `DIMENSION_MISMATCH` when the rows are not as wide as the model's inputs, `NOT_FINITE`
 *   for NaN or infinite features, `INVALID_OPTION`.
 */
export async function scoreFeatures(
  model: RewardModel,
  features: Matrix,
  options: ScoreOptions = {},
): Promise<Float32Array> {
  const scorer = createScorer(model, options)
  try {
    return await scorer.score(features)
  } finally {
    await scorer.release()
  }
}

/** {@link scoreFeatures} by a learner of the model's options that is there already, and stays. */
export async function scoreWith(
  learner: LearnerOf<ModelKind>,
  model: RewardModel,
  features: Matrix,
  { combine = 'mean', penalty = 1 }: Combining = {},
): Promise<Float32Array> {
  if (features.columns !== model.inputs) {
    const message = `features have ${features.columns} columns, the model was trained on ${model.inputs}`
    throw new RewardModelError(
      'DIMENSION_MISMATCH',
      `${message}; use the embedder and options it was trained with`,
    )
  }
  checkFeatures(features)
  const each: Float32Array[] = []
  for (const member of model.members) each.push(await learner.score(member, features))
  return Float32Array.from({ length: features.rows }, (_, row) =>
    combiners[combine](
      each.map((scores) => scores[row]!),
      penalty,
    ),
  )
}

function requireScoring({ combine = 'mean', penalty = 1 }: Combining): void {
  if (!Object.hasOwn(combiners, combine)) {
    const expected = Object.keys(combiners).join(', ')
    throw new RewardModelError('INVALID_OPTION', `combine: expected one of ${expected}, got ${combine}`)
  }
  if (penalty >= 0) return
  throw new RewardModelError('INVALID_OPTION', `penalty: expected a number ≥ 0, got ${penalty}`)
}
