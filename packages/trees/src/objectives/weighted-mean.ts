import type { Labelled } from './checks'

/** Mean of the labels, Σ w·y / Σ w. */
export function weightedMean({ label, weight }: Labelled): number {
  let sum = 0
  let weights = 0
  for (let i = 0; i < label.length; i++) {
    const w = weight === undefined ? 1 : weight[i]!
    sum += label[i]! * w
    weights += w
  }
  return sum / weights
}
