import { comparisonLogLoss, winProbability } from '../win-probability'

/** A weighted logistic regression with a quadratic penalty, its intercept being one of the columns. */
export interface LogisticProblem {
  /** Rows of as many columns each. */
  readonly rows: readonly Float64Array[]
  /** In [0, 1]. */
  readonly labels: ArrayLike<number>
  readonly weights: ArrayLike<number>
  /** Added to each row's logit. */
  readonly offset: ArrayLike<number>
  /** ½ · penalty[j] · β[j]² is added to the loss. */
  readonly penalty: ArrayLike<number>
}

/** Logits offset + X β. */
export function logits({ rows, offset }: LogisticProblem, beta: Float64Array): Float64Array {
  return Float64Array.from(rows, (row, i) => row.reduce((sum, x, j) => sum + x * beta[j]!, offset[i]!))
}

/** Σ w · (y · −log σ(z) + (1 − y) · −log σ(−z)), without the penalty. */
export function weightedLogLoss({ labels, weights }: LogisticProblem, z: Float64Array): number {
  return z.reduce((sum, logit, i) => {
    const [y, w] = [labels[i]!, weights[i]!]
    // 0 · ∞ is NaN, so a side without weight is left out.
    const positive = y === 0 ? 0 : y * comparisonLogLoss(logit)
    const negative = y === 1 ? 0 : (1 - y) * comparisonLogLoss(-logit)
    return sum + w * (positive + negative)
  }, 0)
}

/** The loss that is minimised: the weighted log loss and the penalty. */
export function penalisedLoss(problem: LogisticProblem, beta: Float64Array): number {
  const penalty = beta.reduce((sum, b, j) => sum + (problem.penalty[j]! / 2) * b * b, 0)
  return weightedLogLoss(problem, logits(problem, beta)) + penalty
}

/** Gradient of the penalised loss at `beta`, and the lower triangle of its Hessian. */
export function derivatives(problem: LogisticProblem, beta: Float64Array) {
  const { rows, labels, weights, penalty } = problem
  const gradient = beta.map((b, j) => penalty[j]! * b)
  const hessian = Array.from(beta, (_, j) => {
    const row = new Float64Array(beta.length)
    row[j] = penalty[j]!
    return row
  })
  logits(problem, beta).forEach((z, i) => {
    const [p, q] = [winProbability(z), winProbability(-z)]
    const y = labels[i]!
    // p − y without cancellation where p rounds to 1.
    const residual = weights[i]! * ((1 - y) * p - y * q)
    const curvature = weights[i]! * p * q
    const row = rows[i]!
    for (let j = 0; j < row.length; j++) {
      gradient[j]! += residual * row[j]!
      for (let k = 0; k <= j; k++) hessian[j]![k]! += curvature * row[j]! * row[k]!
    }
  })
  return { gradient, hessian }
}
