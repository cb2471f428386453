import { abs, add, concat, mean, mul, softplus, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, requireEach } from '../batch'
import { settled } from '../determined'
import { REQUIRED, requireInputs, requireNames, requireNonNegative } from '../loss-error'
import { type PairLoss, type RewardMetric, rewardMetrics } from '../pair-loss'
import { correlation } from './correlation'

/** Inputs of {@link odinLoss}: the outputs of the two heads of a reward model for pairs of responses, `[B]` each. */
export interface OdinInputs {
  /** r_Q of the chosen response: the quality head, which is kept. */
  chosenRewards: TensorLike
  /** r_Q of the rejected one. */
  rejectedRewards: TensorLike
  /** r_L of the chosen response: the length head, which is discarded after training. */
  chosenLengthRewards: TensorLike
  /** r_L of the rejected one. */
  rejectedLengthRewards: TensorLike
  /** Length of the chosen response, such as its tokens: whole numbers of at least 1. */
  chosenLengths: TensorLike
  /** Length of the rejected one. */
  rejectedLengths: TensorLike
}

/** Options of {@link odinLoss}. */
export interface OdinLossOptions {
  /** λ ≥ 0: weight of the correlations with length. Default: 1. */
  lengthWeight?: number
}

/**
 * ODIN, per pair: two heads of a reward model rank together, and one of them learns the part that length explains. ℓ =
 * −log σ(d_Q + d_L) + λ[1 − ρ(r_L, length) + |ρ(r_Q, length)|], d the difference of the rewards of a pair, ρ Pearson's
 * correlation over all responses of the batch, the same for each pair. Where rewards or lengths are constant ρ is 0.
 * The paper's third term, orthogonality of the two heads, is a function of their weights, which a loss of rewards does
 * not have.
 *
 * `ranking_corr_loss` is the mean of the first term, `length_loss1` is 1 − ρ(r_L, length), `length_loss2` is
 * |ρ(r_Q, length)|; the others are those of `bradleyTerryLoss` of r_Q.
 *
 * Source: 2402.07319. Proven against RLHF-Reward-Modeling fc39179 (`odin/gemma_two_head.py`), each pair ranked on its
 * own.
 *
 * @throws LossError `SHAPE_MISMATCH` unless all are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION`; `INDETERMINATE`
 *   where infinite rewards meet, or any correlation has them.
 */
export function odinLoss(
  inputs: OdinInputs,
  options: OdinLossOptions = {},
): PairLoss<RewardMetric | 'ranking_corr_loss' | 'length_loss1' | 'length_loss2'> {
  requireNames('odinLoss', options, { lengthWeight: true })
  const { lengthWeight = 1 } = options
  requireNonNegative('odinLoss', 'lengthWeight', lengthWeight)
  requireInputs('odinLoss', inputs, inputNames)
  const { chosenRewards, rejectedRewards, chosenLengthRewards, rejectedLengthRewards } = inputs
  const { chosenLengths, rejectedLengths } = inputs
  const given = batchOf('odinLoss', {
    chosenRewards,
    rejectedRewards,
    chosenLengthRewards,
    rejectedLengthRewards,
    chosenLengths,
    rejectedLengths,
  })
  for (const name of ['chosenLengths', 'rejectedLengths'] as const) {
    requireEach('odinLoss', name, given[name], { from: 1, whole: true })
  }
  const chosen = add(given.chosenRewards, given.chosenLengthRewards)
  const rejected = add(given.rejectedRewards, given.rejectedLengthRewards)
  const ranking = softplus(sub(rejected, chosen))
  const lengths = concat([given.chosenLengths, given.rejectedLengths])
  const lengthRewards = concat([given.chosenLengthRewards, given.rejectedLengthRewards])
  const qualityRewards = concat([given.chosenRewards, given.rejectedRewards])
  const explained = sub(1, correlation(lengthRewards, lengths))
  const unexplained = abs(correlation(qualityRewards, lengths))
  const losses = lengthWeight === 0 ? ranking : add(ranking, mul(lengthWeight, add(explained, unexplained)))
  const metrics = {
    ...rewardMetrics(given.chosenRewards, given.rejectedRewards),
    ranking_corr_loss: mean(ranking),
    length_loss1: explained,
    length_loss2: unexplained,
  }
  return settled('odinLoss', { losses, metrics }, given)
}

const inputNames = {
  chosenRewards: REQUIRED,
  rejectedRewards: REQUIRED,
  chosenLengthRewards: REQUIRED,
  rejectedLengthRewards: REQUIRED,
  chosenLengths: REQUIRED,
  rejectedLengths: REQUIRED,
}
