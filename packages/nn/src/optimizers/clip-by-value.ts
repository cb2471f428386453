import { maximum, minimum } from '@prefkit/tensor'
import { requireOption } from '../require-option'
import { elementwise, type Optimizer } from './optimizer'

/**
 * Holds each gradient within ±limit: PyTorch's `clip_grad_value_`. NaN stays NaN.
 * @throws NnError `INVALID_OPTION` for a limit that is not > 0.
 */
export function clipByValue(limit: number): Optimizer {
  requireOption('limit', limit, limit > 0, 'a number > 0')
  return elementwise((g) => maximum(minimum(g, limit), -limit))
}
