import { l1LogisticRegression } from '../../regression/l1-logistic-regression'
import { type LogisticProblem, logits } from '../../regression/logistic-loss'
import { winProbability } from '../../win-probability'

/** A row to fit: its features, what it is from 0 to 1, and how much it counts. */
export interface WeightedRow {
  readonly features: readonly number[]
  readonly label: number
  readonly weight: number
}

/** The coefficients, and the C that cross-validation chose. */
export interface CrossValidatedFit {
  readonly coefficients: number[]
  readonly c: number
}

/** scikit-learn's grid of C: 10 values from 1e-4 to 1e4. */
const GRID = Array.from({ length: 10 }, (_, i) => 10 ** (-4 + (8 * i) / 9))
const FOLDS = 5

const problemOf = (rows: readonly WeightedRow[]): LogisticProblem => ({
  rows: rows.map(({ features }) => Float64Array.from(features)),
  labels: rows.map(({ label }) => label),
  weights: rows.map(({ weight }) => weight),
  offset: new Float64Array(rows.length),
  penalty: new Float64Array(rows[0]!.features.length),
})

const clip = (p: number) => Math.min(Math.max(p, 1e-15), 1 - 1e-15)

/** Mean over rows of weight · log loss; the weights do not divide. */
function heldOutLoss(rows: readonly WeightedRow[], beta: Float64Array): number {
  const z = logits(problemOf(rows), beta)
  const losses = rows.map(({ label, weight }, i) => {
    const p = clip(winProbability(z[i]!))
    return -weight * (label * Math.log(p) + (1 - label) * Math.log(1 - p))
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / rows.length
}

/**
 * L1-penalised logistic regression without intercept, its C the one with the least held-out loss, as
 * `LogisticRegressionCV` chooses it over `GroupKFold` where every group has the same size: rows whose numbers leave the same
 * remainder by 5 are a fold. Of equal losses the smaller C wins.
 */
export function crossValidatedFit(rows: readonly WeightedRow[]): CrossValidatedFit {
  const losses = GRID.map(() => 0)
  for (let fold = 0; fold < FOLDS; fold++) {
    const train = problemOf(rows.filter((_, i) => i % FOLDS !== fold))
    const test = rows.filter((_, i) => i % FOLDS === fold)
    GRID.forEach((c, k) => {
      losses[k]! += heldOutLoss(test, l1LogisticRegression(train, 1 / c)) / FOLDS
    })
  }
  const c = GRID[losses.indexOf(Math.min(...losses))]!
  return { coefficients: Array.from(l1LogisticRegression(problemOf(rows), 1 / c)), c }
}
