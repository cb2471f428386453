import { classLabels } from '../objectives/checks'
import { classesOf } from '../objectives/multiclass'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { outputsOf } from './outputs'
import { totalWeight } from './pointwise-metric'

/** Loss of row `row` with class `label`; outputs are `[classes × rows]`, class by class. */
export type ClassLoss = (outputs: Float64Array, row: number, label: number, rows: number) => number

/** The mean of a loss of rows that have an output for each class. Less is better. */
export function multiclassMetric(
  metric: string,
  name: string,
  parameters: { readonly num_class: number },
  data: ObjectiveData,
  loss: ClassLoss,
): Metric {
  const checked = classLabels(data, metric, classesOf(parameters, metric))
  const { label, weight } = checked
  const total = totalWeight(checked)
  return {
    names: [name],
    higherIsBetter: false,
    evaluate(rawScores, description) {
      const outputs = outputsOf(rawScores, description)
      let sum = 0
      for (let row = 0; row < label.length; row++) {
        const w = weight === undefined ? 1 : weight[row]!
        sum += loss(outputs, row, label[row]!, label.length) * w
      }
      return [sum / total]
    },
  }
}
