import {
  add,
  equal,
  log,
  log1p,
  mean,
  mul,
  neg,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, requireEach } from '../batch'
import { settled } from '../determined'
import { REQUIRED, requireInputs } from '../loss-error'
import { logisticLoss, type PairLoss, shareRight } from '../pair-loss'

/** Inputs of {@link pairwiseDistillationLoss}. */
export interface PairwiseDistillationInputs {
  /** s(q, y), `[B]`: the pointwise scores that are learnt. */
  scores: TensorLike
  /** s(q, y*), `[B]`: those of the anchors. */
  anchorScores: TensorLike
  /** p(y ≻ y* | q), `[B]`, in [0, 1]: the answer of the pairwise judge. */
  winProbabilities: TensorLike
}

/**
 * Distillation of a pairwise judge into pointwise scores, per response and anchor, d = s(q, y) − s(q, y*):
 * ℓ = −p·log σ(d) − (1 − p)·log σ(−d), smallest where σ(d) = p. A score depends on one response only, so a judge
 * that is not transitive cannot be learnt in full.
 *
 * `information_lost` is the mean of ℓ − H(p) = KL(p ‖ σ(d)) in nats: the part of the judge's answers that the scores do
 * not reproduce. `accuracy` counts the pairs that scores and judge order alike, where p = ½ counts half.
 *
 * Source: 2504.04950, equation 11 (value model without ground truth). Proven against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH` unless all are `[B]`; `EMPTY` for none; `INVALID_OPTION` for probabilities outside
 *   [0, 1] and inputs that are unknown; `INDETERMINATE` where infinite scores meet.
 */
export function pairwiseDistillationLoss(
  inputs: PairwiseDistillationInputs,
): PairLoss<'accuracy' | 'information_lost'> {
  requireInputs('pairwiseDistillationLoss', inputs, inputNames)
  const given = batchOf('pairwiseDistillationLoss', {
    scores: inputs.scores,
    anchorScores: inputs.anchorScores,
    winProbabilities: inputs.winProbabilities,
  })
  const { scores, anchorScores, winProbabilities } = given
  requireEach('pairwiseDistillationLoss', 'winProbabilities', winProbabilities, { from: 0, to: 1 })
  const difference = sub(scores, anchorScores)
  const losses = logisticLoss(difference, winProbabilities)
  const metrics = {
    accuracy: shareRight(difference, winProbabilities),
    information_lost: mean(sub(losses, entropy(winProbabilities))),
  }
  return settled('pairwiseDistillationLoss', { losses, metrics }, given)
}

const inputNames = { scores: REQUIRED, anchorScores: REQUIRED, winProbabilities: REQUIRED }

/** H(p) = −p·log p − (1 − p)·log(1 − p), 0 at 0 and 1. */
function entropy(p: Tensor): Tensor {
  const certain = equal(mul(p, sub(1, p)), 0)
  const q = where(certain, 0.5, p)
  return where(certain, 0, neg(add(mul(q, log(q)), mul(sub(1, q), log1p(neg(q))))))
}
