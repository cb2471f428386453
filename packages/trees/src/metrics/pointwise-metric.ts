import type { Labelled } from '../objectives/checks'
import type { Metric } from './metric'
import { outputsOf } from './outputs'

/** Loss of one row at the model's output. */
export type PointwiseLoss = (label: number, output: number) => number

/** Sum of the weights, or the number of rows. */
export function totalWeight({ label, weight }: Labelled): number {
  if (weight === undefined) return label.length
  let sum = 0
  for (let i = 0; i < weight.length; i++) sum += weight[i]!
  return sum
}

/** Σ w·loss of all rows. */
export function sumOfLosses({ label, weight }: Labelled, outputs: Float64Array, loss: PointwiseLoss): number {
  let sum = 0
  if (weight === undefined) {
    for (let i = 0; i < label.length; i++) sum += loss(label[i]!, outputs[i]!)
  } else {
    for (let i = 0; i < label.length; i++) sum += loss(label[i]!, outputs[i]!) * weight[i]!
  }
  return sum
}

/** A metric that sums a loss of each row and, unless `finish` says otherwise, gives its mean. Less is better. */
export function pointwiseMetric(
  name: string,
  checked: Labelled,
  loss: PointwiseLoss,
  finish: (sum: number, weights: number) => number = (sum, weights) => sum / weights,
): Metric {
  const weights = totalWeight(checked)
  return {
    names: [name],
    higherIsBetter: false,
    evaluate: (rawScores, description) => [
      finish(sumOfLosses(checked, outputsOf(rawScores, description), loss), weights),
    ],
  }
}
