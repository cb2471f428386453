import { add, mean, mul, neg, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf } from '../batch'
import { settled } from '../determined'
import { requireNames } from '../loss-error'
import {
  type LabelOptions,
  labelOptions,
  labelsOf,
  logisticLoss,
  type PairLoss,
  shareRight,
  turned,
} from '../pair-loss'

/**
 * Classification loss of 2411.04991 (the order-consistency upper bound), per pair: each response is classified on
 * its own, chosen as 1 and rejected as 0, and its logit is its reward: ℓ = ½[−log σ(s_c) − log σ(−s_r)].
 *
 * The ½ makes its mean over B pairs the mean binary cross-entropy over the 2B responses. Unlike Bradley–Terry it
 * is not invariant to adding a constant to every reward. With a preference p both terms are cross-entropies with
 * targets p and 1 − p.
 *
 * `accuracy` is the share of pairs with (s_c − s_r)·(p − ½) > 0, strictly, `margin` the mean of
 * (s_c − s_r)·sign(p − ½), and `classification_accuracy` the share of responses whose logit has the sign of p − ½
 * (chosen) or ½ − p (rejected). Where p = ½ nothing is right or wrong: half, and 0 in `margin`.
 *
 * Source: 2411.04991, section 3.3. Proven against PyTorch 2.15.0 (`binary_cross_entropy_with_logits`).
 *
 * @param chosenLogits `[B]`, real numbers.
 * @param rejectedLogits `[B]`, real numbers.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where
 *   both logits are infinite alike, which leaves no margin.
 */
export function classificationLoss(
  chosenLogits: TensorLike,
  rejectedLogits: TensorLike,
  options: LabelOptions = {},
): PairLoss<'accuracy' | 'classification_accuracy' | 'margin'> {
  requireNames('classificationLoss', options, labelOptions)
  const given = batchOf('classificationLoss', { chosenLogits, rejectedLogits })
  const [chosen, rejected] = [given.chosenLogits, given.rejectedLogits]
  const { preference, target } = labelsOf('classificationLoss', options, chosen)
  const losses = mul(0.5, add(logisticLoss(chosen, target), logisticLoss(neg(rejected), target)))
  const difference = sub(chosen, rejected)
  const right = add(shareRight(chosen, preference), shareRight(neg(rejected), preference))
  const metrics = {
    accuracy: shareRight(difference, preference),
    classification_accuracy: mul(0.5, right),
    margin: mean(turned(difference, preference)),
  }
  return settled('classificationLoss', { losses, metrics }, given)
}
