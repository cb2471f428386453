import { add, mul, treeZip } from '@prefkit/tensor'
import { requireNames, requireOption } from '../require-option'
import { type DecayMask, resolveMask } from './decay-mask'
import { type Optimizer, stateless } from './optimizer'

/** Options of {@link weightDecay}. */
export interface WeightDecayOptions {
  /** Which parameters decay. Default: all. */
  mask?: DecayMask
}

/** @throws NnError `INVALID_OPTION` for a number below 0, infinite or NaN. */
export const requireDecayRate = (name: string, rate: number): void =>
  requireOption(name, rate, rate >= 0 && Number.isFinite(rate), 'a number of at least 0')

/**
 * Adds rate·θ to the gradient of each parameter θ that the mask lets decay: L2 regularisation when it comes before
 * the optimiser. Decay that adaptive step sizes do not touch is an option of `adamW` and `lion`.
 * @throws NnError `INVALID_OPTION` for a rate below 0.
 */
export function weightDecay(rate: number, options: WeightDecayOptions = {}): Optimizer {
  requireDecayRate('rate', rate)
  requireNames('weightDecay', options, { mask: true })
  const decays = resolveMask(options.mask)
  return stateless((grads, params) =>
    rate === 0 ? grads : treeZip((g, p, path) => (decays(path, p) ? add(g, mul(rate, p)) : g), grads, params),
  )
}
