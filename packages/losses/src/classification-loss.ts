import { add, cast, greater, less, mean, mul, neg, type TensorLike } from '@prefkit/tensor'
import { type LabelOptions, logisticLoss, type PairLoss, pairOf } from './pair-loss'

/**
 * Classification loss of 2411.04991 (the order-consistency upper bound), per pair: each response is classified on
 * its own, chosen as 1 and rejected as 0, and its logit is its reward: ℓ = ½[−log σ(s_c) − log σ(−s_r)].
 *
 * The ½ makes its mean over B pairs the mean binary cross-entropy over the 2B responses. Unlike Bradley–Terry it
 * is not invariant to adding a constant to every reward. With a preference p both terms are cross-entropies with
 * targets p and 1 − p. `accuracy` counts s_c > s_r strictly; `classification_accuracy` counts responses on the
 * right side of 0.
 *
 * @param chosenLogits `[B]`, real numbers.
 * @param rejectedLogits `[B]`, real numbers.
 * @throws LossError `shape-mismatch` unless both are `[B]`; `invalid-option` for options out of range.
 */
export function classificationLoss(
  chosenLogits: TensorLike,
  rejectedLogits: TensorLike,
  options: LabelOptions = {},
): PairLoss<'accuracy' | 'classification_accuracy' | 'margin'> {
  const [chosen, rejected] = pairOf('classificationLoss', chosenLogits, rejectedLogits)
  const losses = mul(0.5, add(logisticLoss(chosen, options), logisticLoss(neg(rejected), options)))
  const right = add(mean(cast(greater(chosen, 0), 'f32')), mean(cast(less(rejected, 0), 'f32')))
  return {
    losses,
    metrics: {
      accuracy: mean(cast(greater(chosen, rejected), 'f32')),
      classification_accuracy: mul(0.5, right),
      margin: add(mean(chosen), neg(mean(rejected))),
    },
  }
}
