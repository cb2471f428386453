import { type Labelled, labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { ZERO_THRESHOLD } from '../zero-threshold'
import type { Metric } from './metric'
import { outputsOf } from './outputs'
import { sumOfLosses, totalWeight } from './pointwise-metric'

const square = (label: number, output: number) => (label - output) * (label - output)

function squaresAroundMean(checked: Labelled): number {
  const { label, weight } = checked
  let sum = 0
  // LightGBM rounds y·w to a float.
  for (let i = 0; i < label.length; i++)
    sum += weight === undefined ? label[i]! : Math.fround(label[i]! * weight[i]!)
  const mean = sum / totalWeight(checked)
  return sumOfLosses(checked, new Float64Array(label.length).fill(mean), square)
}

/**
 * Coefficient of determination, 1 − Σ w(y − f)² / Σ w(y − ȳ)² of outputs f; where labels are all the same, 1 if outputs are
 * they, else 0.
 *
 * Source: LightGBM, `R2Metric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function r2(_: unknown, data: ObjectiveData): Metric {
  const checked = labelled(data, 'r2')
  const total = squaresAroundMean(checked)
  return {
    names: ['r2'],
    higherIsBetter: true,
    evaluate(rawScores, description) {
      const residual = sumOfLosses(checked, outputsOf(rawScores, description), square)
      if (Math.abs(total) >= ZERO_THRESHOLD) return [1 - residual / total]
      return [Math.abs(residual) < ZERO_THRESHOLD ? 1 : 0]
    },
  }
}
