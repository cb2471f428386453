import { add, mul, neg, type Tensor, type Tree, tensor, treeMap, treeZip, zerosLike } from '@prefkit/tensor'
import { requireInRange, requireNames, requireOption } from '../require-option'
import type { DecayMask } from './decay-mask'
import { type LearningRate, rateAt, requireLearningRate } from './learning-rate'
import type { Optimizer, OptimizerState } from './optimizer'
import { requireDecayRate, weightDecay } from './weight-decay'

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Step size, η. */
  learningRate: LearningRate
  /** Share of the last direction that is kept, μ, in [0, 1). Default: 0. */
  momentum?: number
  /** Look ahead along the new direction (Nesterov 1983); needs momentum. Default: false. */
  nesterov?: boolean
  /** L2 regularisation, λ ≥ 0: adds λθ to the gradient. Default: 0. */
  weightDecay?: number
  /** Which parameters decay. Default: all. */
  mask?: DecayMask
}

interface State {
  readonly step?: Tensor
  readonly trace?: Tree
}

/**
 * Stochastic gradient descent as `torch.optim.SGD` with dampening 0: b ← μb + g; θ ← θ − ηb, or θ − η(g + μb) with
 * Nesterov's momentum (Sutskever et al. 2013).
 * @throws NnError `INVALID_OPTION` for options out of range.
 */
export function sgd(options: SgdOptions): Optimizer {
  requireNames('sgd', options, {
    learningRate: true,
    momentum: true,
    nesterov: true,
    weightDecay: true,
    mask: true,
  })
  const { learningRate, momentum = 0, nesterov = false, mask } = options
  requireLearningRate(learningRate)
  requireInRange('momentum', momentum, 0, 1)
  requireOption('nesterov', nesterov, !nesterov || momentum > 0, 'a momentum above 0 with it')
  requireDecayRate('weightDecay', options.weightDecay ?? 0)
  const decay = weightDecay(options.weightDecay ?? 0, { mask })
  return {
    init: (params) => ({
      ...(typeof learningRate === 'function' && { step: tensor(0, { dtype: 'i32' }) }),
      ...(momentum > 0 && { trace: treeMap(zerosLike, params) }),
    }),
    update<P>(grads: P, state: OptimizerState, params: P) {
      const { step, trace } = state as State
      const g = decay.update(grads, null, params).updates
      const next = momentum > 0 ? treeZip((b, x) => add(mul(momentum, b), x), trace as P, g) : g
      const direction = nesterov ? treeZip((x, b) => add(x, mul(momentum, b)), g, next) : next
      const rate = neg(rateAt(learningRate, step!, params))
      return {
        updates: treeMap((b) => mul(rate, b), direction),
        state: { ...(step && { step: add(step, 1) }), ...(momentum > 0 && { trace: next as Tree }) },
      }
    },
  }
}
