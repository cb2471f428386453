import type { Labelled } from '../objectives/checks'
import { stableOrder } from '../objectives/stable-order'

/** Weights of the positive and of the negative rows that share one score. */
export type ScoreGroup = (positive: number, negative: number) => void

/** Goes through the scores that rows have, from the highest down; labels above 0 are positive. */
export function byFallingScore({
  label,
  weight,
}: Labelled): (scores: Float64Array, visit: ScoreGroup) => void {
  const rows = label.length
  const order = stableOrder(rows)
  return (scores, visit) => {
    for (let i = 0; i < rows; i++) order.keys[i] = -scores[i]!
    const sorted = order.sort(rows)
    let [positive, negative] = [0, 0]
    for (let i = 0; i < rows; i++) {
      const row = sorted[i]!
      if (i > 0 && scores[row] !== scores[sorted[i - 1]!]) {
        visit(positive, negative)
        positive = 0
        negative = 0
      }
      const w = weight === undefined ? 1 : weight[row]!
      if (label[row]! > 0) positive += w
      else negative += w
    }
    visit(positive, negative)
  }
}
