import { choiceContext, probitAnnotator } from '@prefkit/noise'
import type { PairList } from './collect-labels'
import { fitRewards } from './fit-rewards'
import type { ScoreTable } from './score-table'
import { symmetricInverse } from './symmetric-inverse'

/** What an annotator is expected to answer to pairs. */
export interface ExpectedAnswers {
  /** P(first) + P(tie)/2 of each pair. */
  readonly share: Float64Array
  /** Variance of an answer, where a tie is half of each. */
  readonly variance: Float64Array
}

/** Φ. */
const normal = probitAnnotator({ beta: 1 })
const context = choiceContext()
const normalCdf = (z: number): number => normal(z, context).first

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** A row of the design as places and values that are not 0. */
type SparseRow = readonly (readonly [place: number, value: number])[]

/** The features' difference, or 1 and −1 at the two responses where each has a reward of its own. */
function rowsOf({ features }: ScoreTable, { first, second }: PairList): SparseRow[] {
  return Array.from({ length: first.length }, (_, i) => {
    const [a, b] = [first[i]!, second[i]!]
    if (!features) {
      return [
        [a, 1],
        [b, -1],
      ]
    }
    return features[a]!.map((value, k) => [k, value - features[b]![k]!] as const)
  })
}

/** Σ weight·δδᵀ. */
function weightedGram(rows: readonly SparseRow[], weights: ArrayLike<number>, size: number): Float64Array {
  const gram = new Float64Array(size * size)
  rows.forEach((row, i) => {
    for (const [j, x] of row) for (const [k, y] of row) gram[j * size + k]! += weights[i]! * x * y
  })
  return gram
}

/** δᵀMδ. */
const quadratic = (row: SparseRow, matrix: Float64Array, size: number): number =>
  row.reduce(
    (sum, [j, x]) => sum + row.reduce((inner, [k, y]) => inner + x * y * matrix[j * size + k]!, 0),
    0,
  )

/** A M A for symmetric A and M. */
function between(outer: Float64Array, middle: Float64Array, size: number): Float64Array {
  const product = (a: Float64Array, b: Float64Array): Float64Array => {
    const result = new Float64Array(size * size)
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) {
        const value = a[i * size + k]!
        if (value === 0) continue
        for (let j = 0; j < size; j++) result[i * size + j]! += value * b[k * size + j]!
      }
    }
    return result
  }
  return product(product(outer, middle), outer)
}

/** What is to be predicted, and of what. */
export interface PredictionInput {
  readonly table: ScoreTable
  /** Pairs that are labelled. */
  readonly pairs: PairList
  readonly answers: ExpectedAnswers
  readonly alpha: number
  /** Pairs whose order is to be found; the first is better where `better` is 1, and worse where it is −1. */
  readonly test: PairList
  readonly better: ArrayLike<number>
}

/**
 * The order accuracy to be expected of rewards fitted to labels, by the asymptotic normality of the estimate, given the
 * pairs: the fit to expected answers orders a test pair with d, its error there is normal with variance v = δᵀA⁻¹JA⁻¹δ,
 * where A = Σ σ′(d)δδᵀ + 2αI and J = Σ Var(answer)δδᵀ, and the pair is ordered rightly with probability Φ(±d/√v). The
 * constants are known; exact as labels become many, whatever the annotator.
 *
 * @returns the mean over the test pairs as a function of `scale`: with so many times the labels, on the same pairs.
 */
export function predictAccuracy(input: PredictionInput): (scale: number) => number {
  const { table, pairs, answers, alpha, test, better } = input
  const forSecond = answers.share.map((share) => 1 - share)
  const rewards = fitRewards(table, { ...pairs, forFirst: answers.share, forSecond }, alpha)
  const size = table.features ? table.features[0]!.length : table.scores.length
  const rows = rowsOf(table, pairs)
  const slopes = rows.map((_, i) => {
    const p = sigmoid(rewards[pairs.first[i]!]! - rewards[pairs.second[i]!]!)
    return p * (1 - p)
  })
  const curvature = weightedGram(rows, slopes, size)
  const noise = weightedGram(rows, answers.variance, size)
  const testRows = rowsOf(table, test)
  return (scale) => {
    const penalised = curvature.map((value, at) => scale * value + (at % (size + 1) === 0 ? 2 * alpha : 0))
    const inverse = symmetricInverse(penalised, size)
    const covariance = between(
      inverse,
      noise.map((value) => scale * value),
      size,
    )
    const right = testRows.map((row, i) => {
      const d = better[i]! * (rewards[test.first[i]!]! - rewards[test.second[i]!]!)
      const deviation = Math.sqrt(Math.max(0, quadratic(row, covariance, size)))
      return deviation > 0 ? normalCdf(d / deviation) : (1 + Math.sign(d)) / 2
    })
    return right.reduce((sum, p) => sum + p, 0) / right.length
  }
}

/** Most times the labels that are looked at beyond those simulated. */
const furthest = 2 ** 20

/** Times the labels at which the predicted accuracy reaches a target, or `null` where it does not. */
export function scaleForAccuracy(predict: (scale: number) => number, target: number): number | null {
  if (predict(furthest) < target) return null
  let [low, high] = [Math.log2(1 / furthest), Math.log2(furthest)]
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2
    if (predict(2 ** middle) < target) low = middle
    else high = middle
  }
  return 2 ** high
}
