import {
  add,
  cast,
  div,
  mul,
  neg,
  type OptionNames,
  sqrt,
  type Tensor,
  type Tree,
  tanh,
  tensor,
  treeMap,
  treeZip,
  zerosLike,
} from '@prefkit/tensor'
import { requireInRange, requireNames, requireOption } from '../require-option'
import { type DecayMask, resolveMask } from './decay-mask'
import { type LearningRate, rateAt, requireLearningRate } from './learning-rate'
import type { Optimizer, OptimizerState } from './optimizer'
import { requireDecayRate } from './weight-decay'

/** Options of {@link adam} and {@link adamW}. */
export interface AdamOptions {
  /** Step size, η. */
  learningRate: LearningRate
  /** Decay of the mean of gradients, β₁, in [0, 1). Default: 0.9. */
  beta1?: number
  /** Decay of the mean of squared gradients, β₂, in [0, 1). Default: 0.999. */
  beta2?: number
  /** Added to the root of the latter, ε > 0. Default: 1e-8. */
  epsilon?: number
  /** λ ≥ 0. Default: 0 in `adam`, where λθ is added to the gradient; 0.01 in `adamW`, where θ shrinks by ηλθ. */
  weightDecay?: number
  /** Which parameters decay. Default: all. */
  mask?: DecayMask
}

/**
 * The moments are kept as decayed sums, Σ β^k g and Σ β^k g², not as means: the factor 1 − β moves into the scalars of
 * the step, which spares two passes over every parameter.
 */
interface State {
  /** Updates made. */
  readonly step: Tensor
  readonly mean: Tree
  readonly square: Tree
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), as `torch.optim.AdamW`:
 * θ ← θ − ηλθ − η·m̂/(√v̂ + ε), with m̂ and v̂ the bias-corrected means of g and g².
 * @throws NnError `INVALID_OPTION` for options out of range.
 */
export function adamW(options: AdamOptions): Optimizer {
  requireAdamOptions('adamW', options)
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options
  const decays = resolveMask(options.mask)
  return {
    init: (params): OptimizerState => ({
      step: tensor(0, { dtype: 'i32' }),
      mean: treeMap(zerosLike, params),
      square: treeMap(zerosLike, params),
    }),
    update<P>(grads: P, state: OptimizerState, params: P) {
      // Callers keep a state without looking into it: it is what `init` made.
      const { step, mean, square } = state as unknown as State
      const rate = rateAt(learningRate, step, params)
      const next = add(step, 1)
      const count = cast(next, rate.dtype)
      const means = treeZip((m, g) => add(mul(beta1, m), g), mean as P, grads)
      const squares = treeZip((v, g) => add(mul(beta2, v), mul(g, g)), square as P, grads)
      // √v̂ = root·√v: with the root divided out, what is left of the correction of v is a smaller ε.
      const root = sqrt(div(1 - beta2, biasCorrection(beta2, count)))
      const size = neg(div(mul(rate, 1 - beta1), mul(biasCorrection(beta1, count), root)))
      const floor = div(epsilon, root)
      const steps = treeZip((m, v) => mul(size, div(m, add(sqrt(v), floor))), means, squares)
      const shrink = neg(mul(rate, weightDecay))
      const updates =
        weightDecay === 0
          ? steps
          : treeZip((u, p, path) => (decays(path, p) ? add(u, mul(shrink, p)) : u), steps, params)
      return { updates, state: { step: next, mean: means as Tree, square: squares as Tree } }
    },
  }
}

/**
 * 1 − β^t, as 2h/(1 + h) with h = tanh(−½ t ln β): neither the power nor the difference from 1 loses digits, as both
 * do in f32 for β near 1.
 */
function biasCorrection(beta: number, count: Tensor): Tensor {
  const h = tanh(mul(-Math.log(beta) / 2, count))
  return div(mul(2, h), add(1, h))
}

const names: OptionNames<AdamOptions> = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  mask: true,
}

/** @throws NnError `INVALID_OPTION` for options that are unknown or out of range. */
export function requireAdamOptions(owner: string, options: AdamOptions): void {
  requireNames(owner, options, names)
  const { learningRate, beta1 = 0, beta2 = 0, epsilon = 1, weightDecay = 0 } = options
  requireLearningRate(learningRate)
  requireInRange('beta1', beta1, 0, 1)
  requireInRange('beta2', beta2, 0, 1)
  requireOption('epsilon', epsilon, epsilon > 0, 'a number > 0')
  requireDecayRate('weightDecay', weightDecay)
}
