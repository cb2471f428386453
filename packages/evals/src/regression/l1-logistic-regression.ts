import { EvalsError } from '../evals-error'
import { derivatives, type LogisticProblem, logits, penalisedLoss } from './logistic-loss'

const MAX_ITERATIONS = 200
/** A step that changes logits by less than this is the last one. */
const TOLERANCE = 1e-10

const absoluteSum = (beta: Float64Array) => beta.reduce((sum, b) => sum + Math.abs(b), 0)

const shrink = (value: number, by: number) => Math.sign(value) * Math.max(0, Math.abs(value) - by)

/** The step d that minimises gradient · d + ½ dᵀ H d + λ |β + d|₁, one coordinate after the other until none moves. */
function proximalStep(
  beta: Float64Array,
  gradient: Float64Array,
  hessian: readonly Float64Array[],
  lambda: number,
): Float64Array {
  const step = new Float64Array(beta.length)
  const at = (j: number, k: number) => (j >= k ? hessian[j]![k]! : hessian[k]![j]!)
  for (let sweep = 0; sweep < 10_000; sweep++) {
    let moved = 0
    for (let j = 0; j < beta.length; j++) {
      const curvature = at(j, j)
      // A column without curvature has no weight at all, and stays 0.
      if (curvature === 0) continue
      const slope = step.reduce((sum, d, k) => sum + at(j, k) * d, gradient[j]!)
      const target = shrink(curvature * (beta[j]! + step[j]!) - slope, lambda) / curvature
      const change = target - beta[j]! - step[j]!
      step[j]! += change
      moved = Math.max(moved, Math.abs(change) / (1 + Math.abs(target)))
    }
    if (moved < 1e-15) break
  }
  return step
}

/**
 * The coefficients that minimise the weighted log loss + λ Σ |β|, by proximal Newton steps; not exported by the package.
 *
 * @param problem its penalties are quadratic and usually 0; every column is shrunk, so an intercept would be too
 * @param lambda above 0; 1/C of scikit-learn
 */
export function l1LogisticRegression(problem: LogisticProblem, lambda: number): Float64Array {
  let beta = new Float64Array(problem.penalty.length)
  const objective = (b: Float64Array) => penalisedLoss(problem, b) + lambda * absoluteSum(b)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const { gradient, hessian } = derivatives(problem, beta)
    const step = proximalStep(beta, gradient, hessian, lambda)
    const moved = { ...problem, offset: new Float64Array(problem.rows.length) }
    const change = logits(moved, step).reduce((most, z) => Math.max(most, Math.abs(z)), 0)
    const before = objective(beta)
    // Rounding alone moves the objective by this much.
    const slack = 1e-13 * Math.abs(before)
    let fraction = 1
    const along = () => beta.map((b, j) => b + fraction * step[j]!)
    while (objective(along()) > before + slack && fraction > 1e-10) fraction /= 2
    beta = along()
    if (change <= TOLERANCE) return beta
  }
  const message = `no optimum after ${MAX_ITERATIONS} proximal Newton steps; expected features of like scale`
  throw new EvalsError('NOT_CONVERGED', 'features', message)
}
