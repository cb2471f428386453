import { pairsOf } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'

/** Value of one pair whose score differs by `margin` in favour of the row that was chosen with probability `preference`. */
export type PairValue = (margin: number, preference: number) => number

/** The weighted mean of a value of each pair. */
export function pairMetric(
  name: string,
  higherIsBetter: boolean,
  data: ObjectiveData,
  value: PairValue,
): Metric {
  const { chosen, rejected, weight, preference } = pairsOf(data, name)
  return {
    names: [name],
    higherIsBetter,
    evaluate(rawScores) {
      let sum = 0
      let total = 0
      for (let i = 0; i < chosen.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const margin = rawScores[chosen[i]!]! - rawScores[rejected[i]!]!
        sum += value(margin, preference === undefined ? 1 : preference[i]!) * w
        total += w
      }
      return [sum / total]
    },
  }
}
