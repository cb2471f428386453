import { checkParameters, type ParameterOptions, parameterAliases, TreesError } from '@prefkit/trees'
import {
  type Check,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  type Objective,
  oneOf,
} from '../common-options'
import { RewardModelError } from '../reward-model-error'

/** What the reward model says itself, and where; the rest of LightGBM's parameters is free. */
const saidElsewhere = {
  objective: 'objective',
  metric: undefined,
  num_iterations: 'epochs',
  early_stopping_round: 'patience',
  early_stopping_min_delta: undefined,
  first_metric_only: undefined,
  is_provide_training_metric: undefined,
  num_class: undefined,
  seed: 'seed',
} as const satisfies Partial<Record<keyof ParameterOptions, keyof CommonOptions | undefined>>

/** Parameters of the trees, under LightGBM's names. */
export type TreeParameters = Omit<ParameterOptions, keyof typeof saidElsewhere>

/** Settings of a reward model of gradient-boosted trees and its training. Every one has a default. */
export interface TreesOptions extends CommonOptions {
  /** Gradient-boosted trees, by `@prefkit/trees`. */
  kind: 'trees'
  /**
   * LightGBM's parameters under LightGBM's names, such as `{ num_leaves: 15, lambda_l2: 1 }`. Default: `{}`, which is
   * LightGBM's own defaults.
   */
  trees: TreeParameters
}

/** The defaults of {@link TreesOptions}. */
export const treesDefaults: TreesOptions = {
  kind: 'trees',
  ...commonDefaults,
  epochs: 100,
  patience: 20,
  trees: {},
}

/** The checks of {@link TreesOptions}; {@link checkTreesOptions} looks into `trees`. */
export const treesChecks: Readonly<Record<keyof TreesOptions, Check>> = {
  ...commonChecks,
  kind: oneOf('trees'),
  trees: [
    "an object of LightGBM's parameters",
    (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ],
}

/** LightGBM's parameters of one member. */
export function parametersOf(options: TreesOptions, seed: number): ParameterOptions {
  return {
    ...options.trees,
    ...{ objective: objectives[options.objective], metric: [], num_iterations: options.epochs },
    // LightGBM's seeds are signed; those below 2³¹ are what they are there.
    ...{ seed: seed % 2 ** 31, is_provide_training_metric: true },
  }
}

/** LightGBM's name of each objective. */
export const objectives = { bt: 'bradley_terry', clf: 'binary' } as const satisfies Record<Objective, string>

/**
 * Checks what only trees can know of their settings.
 * @throws RewardModelError `INVALID_OPTION` naming the parameter.
 */
export function checkTreesOptions(options: TreesOptions): void {
  for (const name of Object.keys(options.trees)) refuseName(name)
  checkBoosting(options)
  try {
    checkParameters(parametersOf(options, options.seed))
  } catch (cause) {
    if (!TreesError.isInstance(cause)) throw cause
    throw new RewardModelError('INVALID_OPTION', `trees: ${cause.message}`, { cause })
  }
}

const isSaidElsewhere = (name: string): name is keyof typeof saidElsewhere =>
  Object.hasOwn(saidElsewhere, name)

/** Refuses what is said elsewhere, under any of its names, and what `@prefkit/trees` has, but not as a parameter. */
function refuseName(name: string): void {
  const meant = (Object.hasOwn(parameterAliases, name) && parameterAliases[name]) || name
  if (isSaidElsewhere(meant)) {
    const own = saidElsewhere[meant]
    const advice =
      own === undefined
        ? 'the reward model sets it'
        : `say it as ${own} of the reward model (--${own} on the command line)`
    throw new RewardModelError('INVALID_OPTION', `trees.${name}: ${advice}`)
  }
  if (isUnsupported(name)) {
    const message = `trees.${name}: reward models have no such setting; leave it out`
    throw new RewardModelError('INVALID_OPTION', message)
  }
}

/** Whether it is a parameter of LightGBM that is not honoured, whatever its value. */
function isUnsupported(name: string): boolean {
  if (Object.hasOwn(checkParameters({}), name)) return false
  try {
    // A name that may not be one of them, which is what is asked.
    checkParameters({ [name]: true } as unknown as ParameterOptions)
  } catch (error) {
    return TreesError.isInstance(error) && error.code === 'UNSUPPORTED'
  }
  return false
}

function checkBoosting({ trees: { boosting }, keep }: TreesOptions): void {
  if (boosting === 'rf') {
    const message =
      'trees.boosting: expected gbdt or dart, got rf, whose raw score is no reward: it grows with the trees'
    throw new RewardModelError('INVALID_OPTION', message)
  }
  if (boosting !== 'dart' || keep === 'last') return
  const message = `keep: expected last with trees.boosting dart, whose later rounds change earlier trees; got ${keep}`
  const advice = 'say keep: last (--keep last on the command line)'
  throw new RewardModelError('INVALID_OPTION', `${message}; ${advice}`)
}

/**
 * Whether growing on from a model needs nothing but the model: nothing is drawn at random, and no round changes what
 * earlier ones grew.
 */
export function growsOnFrom({ trees }: TreesOptions): boolean {
  const {
    boosting,
    data_sample_strategy,
    bagging_fraction = 1,
    pos_bagging_fraction = 1,
    neg_bagging_fraction = 1,
    bagging_freq = 0,
    feature_fraction = 1,
    feature_fraction_bynode = 1,
  } = checkParameters(trees)
  const bags = bagging_freq > 0 && Math.min(bagging_fraction, pos_bagging_fraction, neg_bagging_fraction) < 1
  const columns = Math.min(feature_fraction, feature_fraction_bynode) < 1
  return boosting === 'gbdt' && data_sample_strategy === 'bagging' && !bags && !columns
}
