import {
  add,
  mul,
  neg,
  sign,
  type Tensor,
  type Tree,
  tensor,
  treeMap,
  treeZip,
  zerosLike,
} from '@prefkit/tensor'
import { requireInRange, requireNames } from '../require-option'
import { type DecayMask, resolveMask } from './decay-mask'
import { type LearningRate, rateAt, requireLearningRate } from './learning-rate'
import type { Optimizer, OptimizerState } from './optimizer'
import { requireDecayRate } from './weight-decay'

/** Options of {@link lion}. */
export interface LionOptions {
  /** Step size, η: the paper takes a third to a tenth of AdamW's. */
  learningRate: LearningRate
  /** Weight of the mean in the direction, β₁, in [0, 1). Default: 0.9. */
  beta1?: number
  /** Decay of the mean, β₂, in [0, 1). Default: 0.99. */
  beta2?: number
  /** Decoupled decay λ ≥ 0: θ shrinks by ηλθ. Default: 0. */
  weightDecay?: number
  /** Which parameters decay. Default: all. */
  mask?: DecayMask
}

/** The mean is kept as a decayed sum, Σ β₂^k g, as in `adamW`. */
interface State {
  readonly step?: Tensor
  readonly mean: Tree
}

/**
 * Lion (Chen et al. 2023, algorithm 2): θ ← θ − ηλθ − η·sign(β₁m + (1 − β₁)g); m ← β₂m + (1 − β₂)g.
 * @throws NnError `INVALID_OPTION` for options out of range.
 */
export function lion(options: LionOptions): Optimizer {
  requireNames('lion', options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    weightDecay: true,
    mask: true,
  })
  const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options
  requireLearningRate(learningRate)
  requireInRange('beta1', beta1, 0, 1)
  requireInRange('beta2', beta2, 0, 1)
  requireDecayRate('weightDecay', weightDecay)
  const decays = resolveMask(options.mask)
  // sign(β₁m + (1 − β₁)g) with m the mean is sign(weight·m + g) with m the sum.
  const weight = (beta1 * (1 - beta2)) / (1 - beta1)
  return {
    init: (params) => ({
      ...(typeof learningRate === 'function' && { step: tensor(0, { dtype: 'i32' }) }),
      mean: treeMap(zerosLike, params),
    }),
    update<P>(grads: P, state: OptimizerState, params: P) {
      // Callers keep a state without looking into it: it is what `init` made.
      const { step, mean } = state as unknown as State
      const rate = neg(rateAt(learningRate, step!, params))
      const steps = treeZip((m, g) => mul(rate, sign(add(mul(weight, m), g))), mean as P, grads)
      const shrink = mul(rate, weightDecay)
      const updates =
        weightDecay === 0
          ? steps
          : treeZip((u, p, path) => (decays(path, p) ? add(u, mul(shrink, p)) : u), steps, params)
      const next = treeZip((m, g) => add(mul(beta2, m), g), mean as P, grads)
      return { updates, state: { ...(step && { step: add(step, 1) }), mean: next as Tree } }
    },
  }
}
