import { EPSILON } from '../epsilon'
import { classLabels, type Labelled } from '../objectives/checks'
import { classesOf } from '../objectives/multiclass'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'

/** Parameters that {@link aucMu} reads. */
export interface AucMuParameters {
  readonly num_class: number
  readonly auc_mu_weights: readonly number[]
}

/** `[classes × classes]`, 0 on the diagonal. */
function weightsOf({ auc_mu_weights: given }: AucMuParameters, classes: number): Float64Array {
  return Float64Array.from({ length: classes * classes }, (_, i) =>
    i % (classes + 1) === 0 ? 0 : (given[i] ?? 1),
  )
}

/** Signed distance from the line that separates two classes, of each of `rows`. */
function distances(
  v: Float64Array,
  factor: number,
  scores: Float64Array,
  rows: readonly number[],
  all: number,
) {
  const distance = new Map<number, number>()
  for (const row of rows) {
    let sum = 0
    for (let m = 0; m < v.length; m++) sum += v[m]! * scores[m * all + row]!
    distance.set(row, factor * sum)
  }
  return distance
}

/** Weight of the pairs of rows of classes i and j that are in the right order, those at one distance by half. */
function rightPairs(
  { label, weight }: Labelled,
  i: number,
  sorted: readonly number[],
  distance: Map<number, number>,
) {
  let sum = 0
  let below = 0
  let last = 0
  let tied = 0
  for (const row of sorted) {
    const w = weight === undefined ? 1 : weight[row]!
    const isTied = Math.abs(distance.get(row)! - last) < EPSILON
    if (label[row] === i) {
      sum += w * (isTied ? below - 0.5 * tied : below)
      continue
    }
    below += w
    tied = isTied ? tied + w : w
    if (!isTied) last = distance.get(row)!
  }
  return sum
}

/** AUC of class i against class j. */
function pairAuc(checked: Labelled, weights: Float64Array, classes: number, i: number, j: number) {
  const { label, weight } = checked
  const rowsOf = (k: number) => [...label.keys()].filter((row) => label[row] === k)
  const rows = [...rowsOf(i), ...rowsOf(j)]
  const sizeOf = (k: number) =>
    rowsOf(k).reduce((sum, row) => sum + (weight === undefined ? 1 : weight[row]!), 0)
  const [size, otherSize] = [sizeOf(i), sizeOf(j)]
  const v = Float64Array.from(
    { length: classes },
    (_, k) => weights[i * classes + k]! - weights[j * classes + k]!,
  )
  return (scores: Float64Array): number => {
    const distance = distances(v, v[i]! - v[j]!, scores, rows, label.length)
    const sorted = [...rows].sort((a, b) => {
      const gap = distance.get(a)! - distance.get(b)!
      // Class j first where distances are equal.
      return Math.abs(gap) < EPSILON ? label[b]! - label[a]! : gap
    })
    return rightPairs(checked, i, sorted, distance) / size / otherSize
  }
}

/**
 * AUC-mu: the mean, over each two classes, of the AUC of their rows' distances from the plane that separates the two under
 * `auc_mu_weights`. NaN where a class has no rows.
 *
 * Source: LightGBM, `AucMuMetric` (Kleiman and Page, ICML 2019). Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for num_class below 2; `INVALID_DATA` for labels that are no classes, and weights of rows that are all zero.
 */
export function aucMu(parameters: AucMuParameters, data: ObjectiveData): Metric {
  const classes = classesOf(parameters, 'auc_mu')
  const checked = classLabels(data, 'auc_mu', classes)
  const weights = weightsOf(parameters, classes)
  const pairs: ((scores: Float64Array) => number)[] = []
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) pairs.push(pairAuc(checked, weights, classes, i, j))
  }
  return {
    names: ['auc_mu'],
    higherIsBetter: true,
    evaluate(rawScores) {
      const sum = pairs.reduce((total, pair) => total + pair(rawScores), 0)
      return [(2 * sum) / classes / (classes - 1)]
    },
  }
}
