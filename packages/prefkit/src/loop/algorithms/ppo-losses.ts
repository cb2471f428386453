import type { LossFunction } from '@prefkit/lm'
import { ppoLoss, type ValueLossOptions, valueLoss } from '@prefkit/losses'
import { div, mul, reduceSum } from '@prefkit/tensor'
import type { PolicyLoss } from '../updates/policy-update-loss'

/** The clipped surrogate, with TRL's metrics of it. */
export const clippedSurrogate: PolicyLoss = {
  loss: (inputs) => {
    const { losses, metrics } = ppoLoss(inputs)
    const names = ['policy/approxkl_avg', 'policy/clipfrac_avg', 'val/ratio'] as const
    return { losses, metrics: Object.fromEntries(names.map((name) => [name, metrics[name]])) }
  },
}

/** A loss that also logs the entropy of what tokens were drawn from, in nats, in the mean over them. */
export const withEntropy =
  (loss: LossFunction, name: string): LossFunction =>
  (given) => {
    const { entropies, mask, totals } = given
    const outputs = loss(given)
    if (!entropies) return outputs
    const entropy = div(reduceSum(mul(entropies, mask)), totals.targets)
    return { ...outputs, metrics: { ...outputs.metrics, [name]: entropy } }
  }

/** What a critic minimises, for data with `returns` and `oldValues` of each token: c times the mean of `valueLoss` over tokens. */
export const valueUpdateLoss =
  (coefficient: number, options: ValueLossOptions): LossFunction =>
  (given) => {
    const { values, mask, inputs, totals } = given
    const { returns, oldValues } = inputs
    const tokens = { values: values!, returns: returns!, oldValues: oldValues!, mask }
    const { losses, metrics } = valueLoss(tokens, options)
    const mean = div(reduceSum(losses), totals.targets)
    // A mean over the tokens here, as what it adds to that over all.
    const clipped = mul(metrics['val/clipfrac_avg'], div(reduceSum(mask), totals.targets))
    return { loss: mul(coefficient, mean), metrics: { 'loss/value_avg': mean, 'val/clipfrac_avg': clipped } }
  }
