import { checkTrainingData } from '../../data/check-training-data'
import type { CheckedData } from '../../data/checked-data'
import { checkParameters } from '../../parameters/check-parameters'
import type { Parameters } from '../../parameters/parameters'
import type { GoldenCase } from './load-goldens'

/** What LightGBM was given, as our objectives and metrics take it. */
export function goldenData({ params, label, weight, group }: GoldenCase): {
  parameters: Parameters
  data: CheckedData
} {
  const parameters = checkParameters(params)
  const features = { data: new Float32Array(label.length), rows: label.length, columns: 1 }
  return { parameters, data: checkTrainingData({ features, label, weight, group }, parameters) }
}

/** A name for the test of a case. */
export const nameOf = ({ params, weight }: GoldenCase): string =>
  `${JSON.stringify(params)}${weight === undefined ? '' : ', weighted'}`
