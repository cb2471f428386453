import { checkIntegers } from '../check-numbers'
import { choose } from '../check-options'

/** What is done with ties, where a model has none. */
export interface TiesOption {
  /**
   * `drop` leaves ties out; `half` takes each as half a choice of the first and half of the second. Default: `drop`.
   */
  ties?: 'drop' | 'half'
}

/** Choices between a first and a second, as weighted rows. */
export interface ChoiceRows {
  /** Which entry of the columns the row is from. */
  readonly from: Int32Array
  /** 1 for the first, −1 for the second. */
  readonly sign: Int8Array
  readonly weight: Float64Array
}

const tieRows = { drop: [], half: [1, -1] } as const

/** The choices that labels are: one row for each 1 and −1; for ties none, or two of half the weight. */
export function choiceRows(labels: ArrayLike<number>, { ties = 'drop' }: TiesOption): ChoiceRows {
  const signsOfTie: readonly number[] = choose<readonly number[]>('ties', ties, tieRows)
  checkIntegers('labels', labels, -1, 2)
  const from: number[] = []
  const sign: number[] = []
  const weight: number[] = []
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    for (const one of label === 0 ? signsOfTie : [label]) {
      from.push(i)
      sign.push(one)
      weight.push(label === 0 ? 0.5 : 1)
    }
  }
  return { from: Int32Array.from(from), sign: Int8Array.from(sign), weight: Float64Array.from(weight) }
}
