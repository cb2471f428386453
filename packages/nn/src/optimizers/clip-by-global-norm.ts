import { add, div, minimum, mul, reduceSum, sqrt, type Tensor, treeLeaves, treeMap } from '@prefkit/tensor'
import { requireOption } from '../require-option'
import { type Optimizer, stateless } from './optimizer'

/** √(Σ x²) over every tensor of a tree; 0 of none. */
export function globalNorm(tree: unknown): Tensor {
  const squares = treeLeaves(tree).map((leaf) => reduceSum(mul(leaf, leaf)))
  return sqrt(squares.reduce<Tensor | number>((sum, square) => add(sum, square), 0))
}

/**
 * Scales all gradients by min(1, maxNorm / (‖g‖ + 1e-6)), with ‖g‖ their {@link globalNorm}: PyTorch's
 * `clip_grad_norm_`. A norm that is NaN makes every gradient NaN.
 * @throws NnError `INVALID_OPTION` for a norm that is not > 0.
 */
export function clipByGlobalNorm(maxNorm: number): Optimizer {
  requireOption('maxNorm', maxNorm, maxNorm > 0, 'a number > 0')
  return stateless((grads) => {
    const factor = minimum(1, div(maxNorm, add(globalNorm(grads), 1e-6)))
    return treeMap((g) => mul(factor, g), grads)
  })
}
