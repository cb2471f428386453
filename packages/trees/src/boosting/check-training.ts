import { checkColumnParameters, checkSameColumns, checkTrainingData } from '../data/check-training-data'
import type { CheckedData } from '../data/checked-data'
import type { TrainingData } from '../data/training-data'
import { createMetrics } from '../metrics/create-metrics'
import type { Metric } from '../metrics/metric'
import type { BoostedTrees } from '../model/boosted-trees'
import { checkModel } from '../model/check-model'
import { createObjective } from '../objectives/create-objective'
import type { Objective } from '../objectives/objective'
import { isOptions } from '../parameters/check-options'
import { checkParameters } from '../parameters/check-parameters'
import type { ParameterOptions, Parameters } from '../parameters/parameters'
import { TreesError } from '../trees-error'
import { type BoostingSettings, checkSettings, threadsOf } from './boosting-settings'
import { checkAborted } from './check-aborted'
import { withoutMetric } from './early-stopping'

/** Training data, parameters and settings that were checked. */
export interface CheckedTraining {
  readonly data: CheckedData
  readonly parameters: Parameters
  readonly validation: Readonly<Record<string, CheckedData>>
  readonly objective: Objective
  /** By the names of validation sets, and `training` where its metrics are asked for. */
  readonly metrics: Readonly<Record<string, readonly Metric[]>>
  readonly settings: BoostingSettings
  readonly warn: (message: string) => void
}

function checkContinued(model: BoostedTrees | undefined, objective: Objective, columns: number): void {
  if (model === undefined) return
  checkModel('continueFrom', model)
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

/** Metrics of a validation set, which say where in it labels are wrong. */
function metricsAt(place: string, parameters: Parameters, data: CheckedData): readonly Metric[] {
  try {
    return createMetrics(parameters, data)
  } catch (error) {
    if (!TreesError.isInstance(error) || error.code !== 'INVALID_DATA') throw error
    throw new TreesError(error.code, `${place}.${error.message}`, { cause: error })
  }
}

/** The metrics of each data set that is evaluated. */
function metricsOf(data: CheckedData, parameters: Parameters, validation: CheckedTraining['validation']) {
  const ofValidation = Object.entries(validation).map(
    ([name, set]) => [name, metricsAt(`validation.${name}`, parameters, set)] as const,
  )
  const ofTraining = parameters.is_provide_training_metric
    ? [['training', createMetrics(parameters, data)] as const]
    : []
  return Object.fromEntries([...ofTraining, ...ofValidation])
}

function checkStopping(
  { early_stopping_round, boosting }: Parameters,
  metrics: CheckedTraining['metrics'],
  { metric }: BoostingSettings,
): void {
  if (early_stopping_round <= 0 || boosting === 'dart') return
  const hasOwn = metric !== undefined && [metric].flat().length > 0
  if (Object.values(metrics).some(({ length }) => length > 0 || hasOwn)) return
  throw withoutMetric(early_stopping_round)
}

/** Checks all that training is given, before anything is computed. */
export function checkTraining(
  data: TrainingData,
  options: ParameterOptions,
  settings: BoostingSettings,
): CheckedTraining {
  checkSettings(settings)
  checkAborted(settings.signal, 'it began')
  const warn = settings.onWarning ?? (() => {})
  const isCustom = settings.objective !== undefined && isOptions(options) && options.objective === undefined
  const parameters = checkParameters(isCustom ? { ...options, objective: 'custom' } : options, warn)
  const checked = checkTrainingData(data, parameters)
  checkColumnParameters(parameters, checked)
  const validation = Object.fromEntries(
    Object.entries(settings.validation ?? {}).map(([name, set]) => {
      const place = `validation.${name}`
      const one = checkTrainingData(set, parameters, place)
      checkSameColumns(place, set, one, checked)
      return [name, one]
    }),
  )
  const objective = createObjective(parameters, checked, settings.objective)
  checkContinued(settings.continueFrom, objective, checked.features.columns)
  checkForest(checked, parameters, settings)
  const metrics = metricsOf(checked, parameters, validation)
  checkStopping(parameters, metrics, settings)
  threadsOf(settings, checked.features)
  if (settings.continueFrom && checked.initScore) {
    warn('init_score has no effect: scores begin with what continueFrom predicts')
  }
  return { data: checked, parameters, validation, objective, metrics, settings, warn }
}
