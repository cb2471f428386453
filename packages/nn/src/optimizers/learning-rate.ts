import { asTensor, cast, commonDtype, type Tensor, treeLeaves } from '@prefkit/tensor'
import { requireOption } from '../require-option'

/**
 * Step size: a number ≥ 0, a scalar tensor (such as an input of the traced step), or a function of the step, which
 * counts from 0, such as a `Schedule`.
 */
export type LearningRate = number | Tensor | ((step: Tensor) => Tensor)

/** @throws NnError `INVALID_OPTION` for a number below 0 or NaN. */
export function requireLearningRate(rate: LearningRate): void {
  if (typeof rate === 'number') requireOption('learningRate', rate, rate >= 0, 'a number of at least 0')
}

/** The rate at a step as a scalar in the dtype of the parameters, so that it rounds as they do. */
export function rateAt(rate: LearningRate, step: Tensor, params: unknown): Tensor {
  const dtype = commonDtype(...treeLeaves(params))
  if (typeof rate === 'number') return asTensor(rate, dtype)
  return cast(typeof rate === 'function' ? rate(step) : rate, dtype)
}
