import { parseObjective } from '../model/objective-description'
import { outputTransform } from '../model/output-transforms'

/** The model's outputs of raw scores, class by class: the scores themselves where they are the outputs, else a new array. */
export function outputsOf(rawScores: Float64Array, description: string): Float64Array {
  const transform = outputTransform(description)
  if (transform === undefined) return rawScores
  const outputs = Float64Array.from(rawScores)
  const rows = outputs.length / parseObjective(description).numClass
  for (let row = 0; row < rows; row++) transform(outputs, row, rows)
  return outputs
}
