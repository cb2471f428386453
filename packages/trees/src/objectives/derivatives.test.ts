import { expect, it } from 'vitest'
import type { TrainingData } from '../data/training-data'
import { createMetrics } from '../metrics/create-metrics'
import type { ParameterOptions } from '../parameters/parameters'
import { gradientsAt, objectiveData } from '../testing/objective-data'
import { createObjective } from './create-objective'

interface Smooth {
  readonly options: ParameterOptions
  readonly columns: Omit<TrainingData, 'features'>
  readonly scores: readonly number[]
  /** Σ w that the metric divides by. */
  readonly total: number
  /** Gradient of the metric's loss over the objective's. */
  readonly factor?: number
  /** False where Hessians are no second derivatives, on purpose. */
  readonly exactHessian?: boolean
}

const scores = [0.3, -1.2, 2.1, -0.4, 0.9, 1.7]
const weight = [1, 0.5, 2, 1.5, 0.25, 3]
const real = [0.8, -2.5, 2.0, 1.1, -0.3, 4.2]
const counts = [0, 3, 1, 2, 5, 1]
const shares = [0, 0.3, 1, 0.5, 0.9, 0.2]
const weighted = (label: number[]) => ({ columns: { label, weight }, scores, total: 8.25 })

const cases: Record<string, Smooth> = {
  binary: {
    options: { objective: 'binary', sigmoid: 0.7, metric: 'binary_logloss' },
    ...weighted([1, 0, 0, 1, 1, 0]),
  },
  // The metric is of (s − y)², the objective of half of it.
  regression: { options: { objective: 'regression', metric: 'l2' }, ...weighted(real), factor: 2 },
  // Hessians of those that are not smooth are 1.
  huber: {
    options: { objective: 'huber', alpha: 0.5, metric: 'huber' },
    ...weighted(real),
    exactHessian: false,
  },
  regression_l1: {
    options: { objective: 'regression_l1', metric: 'l1' },
    ...weighted(real),
    exactHessian: false,
  },
  quantile: { options: { objective: 'quantile', alpha: 0.25 }, ...weighted(real), exactHessian: false },
  mape: { options: { objective: 'mape' }, ...weighted(real), exactHessian: false },
  fair: { options: { objective: 'fair', fair_c: 1.3 }, ...weighted(real) },
  poisson: { options: { objective: 'poisson' }, ...weighted(counts), exactHessian: false },
  gamma: { options: { objective: 'gamma' }, ...weighted([0.5, 3, 1, 2, 5, 1]) },
  tweedie: { options: { objective: 'tweedie', tweedie_variance_power: 1.3 }, ...weighted(counts) },
  cross_entropy: { options: { objective: 'cross_entropy' }, ...weighted(shares) },
  cross_entropy_lambda: { options: { objective: 'cross_entropy_lambda' }, ...weighted(shares), total: 6 },
  multiclass: {
    options: { objective: 'multiclass', num_class: 3 },
    columns: { label: [0, 2], weight: [1, 3] },
    scores,
    total: 4,
    exactHessian: false,
  },
  bradley_terry: {
    options: { objective: 'bradley_terry' },
    columns: {
      pairs: {
        chosen: [0, 1, 2, 0],
        rejected: [1, 2, 0, 4],
        weight: [1, 2, 0.5, 1],
        preference: [1, 0.7, 0, 1],
      },
    },
    scores,
    total: 4.5,
  },
}

/** Σ w·loss by the metric, at scores of which one is moved. */
function movedLoss({ options, columns, scores, total }: Smooth): (i: number, by: number) => number {
  const { parameters, data } = objectiveData(options, columns, scores.length / (options.num_class ?? 1))
  const { description } = createObjective(parameters, data)
  const [metric] = createMetrics(parameters, data)
  return (i, by) => {
    const moved = Float64Array.from(scores)
    moved[i]! += by
    return metric!.evaluate(moved, description)[0]! * total
  }
}

it.each(Object.entries(cases))('gradients of %s are those of its metric, by differences', (_, smooth) => {
  const { gradients } = gradientsAt(smooth.options, smooth.columns, smooth.scores)
  const loss = movedLoss(smooth)
  for (const i of smooth.scores.keys()) {
    const difference = (loss(i, 1e-5) - loss(i, -1e-5)) / 2e-5
    // Differences are good to about 1e-9, gradients are floats.
    expect(gradients[i]! * (smooth.factor ?? 1)).toBeCloseTo(difference, 5)
  }
})

const twice = Object.entries(cases).filter(([, { exactHessian = true }]) => exactHessian)

it.each(twice)('Hessians of %s are those of its metric, by differences', (_, smooth) => {
  const { hessians } = gradientsAt(smooth.options, smooth.columns, smooth.scores)
  const loss = movedLoss(smooth)
  const step = 1e-3
  for (const i of smooth.scores.keys()) {
    const difference = (loss(i, step) - 2 * loss(i, 0) + loss(i, -step)) / step ** 2
    // The fourth derivative times step² is what differences leave out.
    expect(hessians[i]! * (smooth.factor ?? 1)).toBeCloseTo(difference, 4)
  }
})
