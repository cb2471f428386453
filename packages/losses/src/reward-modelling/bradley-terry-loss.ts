import { add, mul, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, perExample } from '../batch'
import { settled } from '../determined'
import { requireNames, requireNonNegative } from '../loss-error'
import {
  type LabelOptions,
  labelOptions,
  labelsOf,
  logisticLoss,
  type PairLoss,
  type RewardMetric,
  rewardMetrics,
} from '../pair-loss'

/** Options of {@link bradleyTerryLoss}. */
export interface BradleyTerryLossOptions extends LabelOptions {
  /** m, `[B]` or a number: by how much the chosen response is known to be better (Llama 2). Default: 0. */
  margin?: TensorLike
  /** c ≥ 0: weight of (r_c + r_r)², which keeps rewards centred at 0 (Eisenstein et al. 2023). Default: 0. */
  centeringCoefficient?: number
}

/**
 * Bradley–Terry reward-model loss, per pair: ℓ = −log σ(r_c − r_r − m) + c·(r_c + r_r)².
 *
 * With a preference p or label smoothing the first term is the cross-entropy −p·log σ(d) − (1 − p)·log σ(−d),
 * d = r_c − r_r − m. It depends on rewards through differences only (for c = 0), and exchanging the responses of
 * every pair (p → 1 − p, m → −m) does not change it.
 *
 * `accuracy` is the share of pairs with (r_c − r_r)·(p − ½) > 0, strictly, and `margin` the mean of
 * (r_c − r_r)·sign(p − ½); without a preference that is r_c > r_r and r_c − r_r. A pair with p = ½ has no right order:
 * it counts half in `accuracy` and 0 in `margin`. Exchanging the responses does not change either.
 *
 * Source: Bradley & Terry 1952; 2411.04991, section 3.2; 2312.09244, equation 2 (centring). Proven against TRL
 * 1.16.0 (`RewardTrainer.compute_loss`), OpenRLHF 0.11.2 (`PairWiseLoss`, `LogExpLoss`), PyTorch 2.15.0
 * (`binary_cross_entropy_with_logits`).
 *
 * @param chosenRewards `[B]`, real numbers.
 * @param rejectedRewards `[B]`, real numbers.
 * @throws LossError `SHAPE_MISMATCH` unless both, and what an option gives for each pair, are `[B]`; `EMPTY` for no
 *   pairs; `INVALID_OPTION` for options that are unknown or out of range; `INDETERMINATE` where infinities of one sign
 *   meet.
 */
export function bradleyTerryLoss(
  chosenRewards: TensorLike,
  rejectedRewards: TensorLike,
  options: BradleyTerryLossOptions = {},
): PairLoss<RewardMetric> {
  requireNames('bradleyTerryLoss', options, { ...labelOptions, margin: true, centeringCoefficient: true })
  const { margin = 0, centeringCoefficient = 0, ...label } = options
  requireNonNegative('bradleyTerryLoss', 'centeringCoefficient', centeringCoefficient)
  const given = batchOf('bradleyTerryLoss', { chosenRewards, rejectedRewards })
  const [chosen, rejected] = [given.chosenRewards, given.rejectedRewards]
  const labels = labelsOf('bradleyTerryLoss', label, chosen)
  const difference = sub(chosen, rejected)
  const least = perExample('bradleyTerryLoss', 'margin', margin, chosen)
  const ranking = logisticLoss(margin === 0 ? difference : sub(difference, least), labels.target)
  const total = add(chosen, rejected)
  const losses =
    centeringCoefficient === 0 ? ranking : add(ranking, mul(centeringCoefficient, mul(total, total)))
  const metrics = rewardMetrics(chosen, rejected, labels.preference)
  return settled('bradleyTerryLoss', { losses, metrics }, { ...given, margin: least })
}
