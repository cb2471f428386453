import { checkTrainingData } from '../data/check-training-data'
import type { CheckedData } from '../data/checked-data'
import type { TrainingData } from '../data/training-data'
import { createObjective } from '../objectives/create-objective'
import { checkParameters } from '../parameters/check-parameters'
import type { ParameterOptions, Parameters } from '../parameters/parameters'

/** Data without columns worth the name, for objectives and metrics, which look at none. */
export function objectiveData(
  options: ParameterOptions,
  data: Omit<TrainingData, 'features'>,
  rows = data.label?.length ?? 0,
): { parameters: Parameters; data: CheckedData } {
  const parameters = checkParameters(options)
  const features = { data: new Float32Array(rows), rows, columns: 1 }
  return { parameters, data: checkTrainingData({ features, ...data }, parameters) }
}

/** What an objective makes of scores. */
export function gradientsAt(
  options: ParameterOptions,
  columns: Omit<TrainingData, 'features'>,
  scores: readonly number[],
): { gradients: Float32Array; hessians: Float32Array } {
  const { parameters, data } = objectiveData(options, columns, scores.length / (options.num_class ?? 1))
  const gradients = new Float32Array(scores.length)
  const hessians = new Float32Array(scores.length)
  createObjective(parameters, data).computeGradients(Float64Array.from(scores), gradients, hessians)
  return { gradients, hessians }
}
