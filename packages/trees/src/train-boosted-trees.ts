import { binFeatures } from './binning/bin-features'
import type { BinnedFeatures } from './binning/binned-features'
import { boost, type IterationRecord } from './boosting/boost'
import type { BoostingTask, EvaluatedSet } from './boosting/boosting-task'
import type { CustomMetric } from './boosting/custom-metric'
import { createEvaluatedSet, unevaluatedSet } from './boosting/evaluated-set'
import { createFeatureSampler } from './boosting/feature-sampler'
import { beginScores } from './boosting/scores'
import { checkColumnParameters, checkSameColumns, checkTrainingData } from './data/check-training-data'
import type { CheckedData } from './data/checked-data'
import type { TrainingData } from './data/training-data'
import { createEngine, type Engine } from './kernels/engine'
import { createTreeLearner } from './learner/create-tree-learner'
import type { TreeLearner } from './learner/tree-learner'
import type { BoostedTrees } from './model/boosted-trees'
import type { Tree } from './model/tree'
import { createObjective } from './objectives/create-objective'
import type { CustomObjective } from './objectives/custom-objective'
import type { Objective } from './objectives/objective'
import { checkParameters } from './parameters/check-parameters'
import { parameterLines } from './parameters/parameter-lines'
import type { ParameterOptions, Parameters } from './parameters/parameters'
import { TreesError } from './trees-error'

/** What training may be given beside data and parameters. */
export interface BoostingSettings {
  /** Data sets that metrics are computed on after each iteration, by name. */
  readonly validation?: Readonly<Record<string, TrainingData>> | undefined
  /** Threads that work. Default: as many as there are cores, and 1 where memory cannot be shared. Changes no result. */
  readonly threads?: number | undefined
  /** A model whose trees come first: LightGBM's `init_model`. Scores begin with what it predicts. */
  readonly continueFrom?: BoostedTrees | undefined
  /** Gradients and Hessians of a loss of one's own; the parameter `objective` is `custom` then. */
  readonly objective?: CustomObjective | undefined
  /** Metrics of one's own, after those of the parameters. */
  readonly metric?: CustomMetric | readonly CustomMetric[] | undefined
  /** Ends training with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Told what LightGBM would warn of. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** Training data, parameters and settings that were checked. */
export interface CheckedTraining {
  readonly data: CheckedData
  readonly parameters: Parameters
  readonly validation: Readonly<Record<string, CheckedData>>
  readonly objective: Objective
  readonly settings: BoostingSettings
  readonly warn: (message: string) => void
}

function checkThreads(threads: number | undefined): number {
  const shared = typeof SharedArrayBuffer === 'function'
  if (threads === undefined) return shared ? (globalThis.navigator?.hardwareConcurrency ?? 1) : 1
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new TreesError('INVALID_PARAMETER', `threads is ${threads}; expected an integer from 1 to 64`)
  }
  return threads
}

function checkContinued(model: BoostedTrees | undefined, objective: Objective, columns: number): void {
  if (model === undefined) return
  const { maxFeatureIdx, numTreePerIteration, averageOutput } = model
  if (maxFeatureIdx + 1 !== columns) {
    const message = `continueFrom has ${maxFeatureIdx + 1} columns; the features have ${columns}`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  if (numTreePerIteration !== objective.treesPerIteration) {
    const message = `continueFrom has ${numTreePerIteration} trees in an iteration; the objective needs ${objective.treesPerIteration}`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  if (averageOutput) {
    throw new TreesError(
      'UNSUPPORTED',
      'continueFrom is a random forest, whose mean cannot be boosted further',
    )
  }
}

function checkForest(
  data: CheckedData,
  { boosting, data_sample_strategy }: Parameters,
  settings: BoostingSettings,
) {
  if (boosting !== 'rf') return
  const refuse = (what: string) => {
    throw new TreesError('UNSUPPORTED', `boosting rf takes no ${what}; leave it out`)
  }
  if (data_sample_strategy === 'goss') refuse('data_sample_strategy goss')
  if (settings.continueFrom) refuse('continueFrom')
  if (data.initScore) refuse('init_score')
}

/** Checks all that training is given, before anything is computed. */
export function checkTraining(
  data: TrainingData,
  options: ParameterOptions,
  settings: BoostingSettings,
): CheckedTraining {
  const warn = settings.onWarning ?? (() => {})
  const isCustom = settings.objective !== undefined && options.objective === undefined
  const parameters = checkParameters(isCustom ? { ...options, objective: 'custom' } : options, warn)
  const checked = checkTrainingData(data, parameters)
  checkColumnParameters(parameters, checked)
  const validation = Object.fromEntries(
    Object.entries(settings.validation ?? {}).map(([name, set]) => {
      const place = `validation.${name}`
      const one = checkTrainingData(set, parameters, place)
      checkSameColumns(place, one, checked)
      return [name, one]
    }),
  )
  const objective = createObjective(parameters, checked, settings.objective)
  checkContinued(settings.continueFrom, objective, checked.features.columns)
  checkForest(checked, parameters, settings)
  if (settings.continueFrom && checked.initScore) {
    warn('init_score has no effect: scores begin with what continueFrom predicts')
  }
  return { data: checked, parameters, validation, objective, settings, warn }
}

function evaluated(
  training: CheckedTraining,
  learner: TreeLearner,
): Pick<BoostingTask, 'training' | 'validation'> {
  const { data, parameters, validation, objective, settings } = training
  const custom = settings.metric === undefined ? [] : [settings.metric].flat()
  const of = (name: string, set: CheckedData, isTraining: boolean): EvaluatedSet => {
    const scores = beginScores(
      set,
      objective.treesPerIteration,
      settings.continueFrom,
      isTraining ? learner.scores : undefined,
    )
    if (isTraining && !parameters.is_provide_training_metric) return unevaluatedSet(scores)
    const said = { name, isTraining, parameters, objective: objective.description, custom }
    return createEvaluatedSet(set, scores, said)
  }
  return {
    training: of('training', data, true),
    validation: Object.entries(validation).map(([name, set]) => of(name, set, false)),
  }
}

/** Boosts trees with a learner; the model at the end. */
export async function* boostWith(
  training: CheckedTraining,
  { bins, used }: Pick<BinnedFeatures, 'bins' | 'used'>,
  learner: TreeLearner,
): AsyncGenerator<IterationRecord, BoostedTrees> {
  const { data, parameters, objective, settings, warn } = training
  if (used.length === 0) {
    warn('no column can be split: all are constant, or have too few rows apart for min_data_in_leaf')
  }
  const modelOf = (trees: readonly Tree[]): BoostedTrees => ({
    objective: objective.description,
    numClass: objective.numClass,
    numTreePerIteration: objective.treesPerIteration,
    labelIndex: 0,
    maxFeatureIdx: data.features.columns - 1,
    averageOutput: parameters.boosting === 'rf',
    featureNames: data.featureNames,
    featureInfos: bins.map(({ trivial, info }) => (trivial ? 'none' : info)),
    ...(parameters.monotone_constraints.length > 0 && {
      monotoneConstraints: parameters.monotone_constraints,
    }),
    trees,
    parameters: parameterLines(parameters),
  })
  const trees = yield* boost({
    parameters,
    data,
    objective,
    learner,
    features: used.length,
    ...evaluated(training, learner),
    continueFrom: settings.continueFrom,
    signal: settings.signal,
    onWarning: warn,
    modelOf,
  })
  return modelOf(trees)
}

/** Boosts trees in an engine's memory. */
async function* boostIn(engine: Engine, training: CheckedTraining) {
  const { data, parameters, objective } = training
  const binned = binFeatures(engine, data, parameters)
  const sampler = createFeatureSampler(parameters, binned.used.length)
  const learner = createTreeLearner(engine, binned, parameters, objective.treesPerIteration, sampler)
  return yield* boostWith(training, binned, learner)
}

/**
 * Trains gradient-boosted trees as LightGBM does, one iteration at a time: a record for each, and the model at the end.
 * Between iterations the event loop gets its turn. The same data, parameters and seeds give the same model, whatever the
 * number of threads.
 *
 * Source: LightGBM (Ke et al., NeurIPS 2017). Proven against LightGBM 4.7.0 (`goldens/trees.test.ts`).
 *
 * @param data features `[rows × columns]`, and labels.
 * @param options LightGBM's parameters under LightGBM's names; see {@link Parameters}.
 * @throws TreesError `INVALID_PARAMETER`, `UNSUPPORTED`, `INVALID_DATA` and `DIMENSION_MISMATCH` for what was given;
 * `OUT_OF_MEMORY`; `ABORTED`.
 */
export async function* boostTrees(
  data: TrainingData,
  options: ParameterOptions = {},
  settings: BoostingSettings = {},
): AsyncGenerator<IterationRecord, BoostedTrees> {
  const training = checkTraining(data, options, settings)
  const engine = await createEngine(checkThreads(settings.threads))
  try {
    return yield* boostIn(engine, training)
  } finally {
    await engine.dispose()
  }
}

/**
 * Trains gradient-boosted trees as LightGBM does; {@link boostTrees} to the end.
 *
 * Source and errors: as {@link boostTrees}. Proven against LightGBM 4.7.0 (`goldens/trees.test.ts`).
 */
export async function trainBoostedTrees(
  data: TrainingData,
  options: ParameterOptions = {},
  settings: BoostingSettings & { readonly onIteration?: (record: IterationRecord) => void } = {},
): Promise<BoostedTrees> {
  const iterations = boostTrees(data, options, settings)
  for (;;) {
    const { done, value } = await iterations.next()
    if (done) return value
    settings.onIteration?.(value)
  }
}
