import type { Labelled } from '../objectives/checks'
import { stableOrder } from '../objectives/stable-order'

/** Rows of one score together, from the highest score down. */
export interface ScoreGroups {
  readonly count: number
  /** `[count]` weight of the positive rows. */
  readonly positive: Float64Array
  /** `[count]` weight of the negative rows. */
  readonly negative: Float64Array
}

/** Groups rows by their scores; labels above 0 are positive. The arrays are overwritten by the next call. */
export function byFallingScore({ label, weight }: Labelled): (scores: Float64Array) => ScoreGroups {
  const rows = label.length
  const order = stableOrder(rows)
  const positive = new Float64Array(rows)
  const negative = new Float64Array(rows)
  return (scores) => {
    for (let i = 0; i < rows; i++) order.keys[i] = -scores[i]!
    const sorted = order.sort(rows)
    let group = -1
    let last = Number.NaN
    for (let i = 0; i < rows; i++) {
      const row = sorted[i]!
      const score = scores[row]!
      if (score !== last) {
        group++
        positive[group] = 0
        negative[group] = 0
        last = score
      }
      const w = weight === undefined ? 1 : weight[row]!
      if (label[row]! > 0) positive[group]! += w
      else negative[group]! += w
    }
    return { count: group + 1, positive, negative }
  }
}
