import { add, expm1, log, mul, softplus, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, perExample } from '../batch'
import { requireNames } from '../loss-error'
import { type TieLoss, type Ties, tieLoss } from './ties'

/** Options of {@link raoKupperLoss}. */
export interface RaoKupperLossOptions {
  /** t, `[B]` or a number in [0, 1]: 1 where neither response was preferred. Default: 0. */
  ties?: Ties
  /**
   * η = log θ > 0, a number, or a tensor that is learnt: the difference that annotators do not notice. Default: log 2.
   */
  threshold?: TensorLike
}

/**
 * Reward-model loss with ties of Rao & Kupper, per pair, d = r_c − r_r: annotators only notice a difference larger than
 * η. P(c wins) = σ(d − η), P(r wins) = σ(−d − η), P(tie) = (e^(2η) − 1)·σ(d − η)·σ(−d − η); ℓ = −(1 − t)·log P(c wins)
 * − t·log P(tie). The three probabilities add up to 1, and η → 0 is Bradley–Terry.
 *
 * Metrics as in `bradleyTerryLoss`, where a pair with t > ½ counts half in `accuracy` and 0 in `margin`, and
 * `tie_probability`.
 *
 * Source: Rao & Kupper 1967. Proven against its equation, in the worths of the paper, with PyTorch's gradients.
 *
 * @param chosenRewards `[B]`, real numbers.
 * @param rejectedRewards `[B]`, real numbers; in a tie, either.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where infinities of one sign meet.
 */
export function raoKupperLoss(
  chosenRewards: TensorLike,
  rejectedRewards: TensorLike,
  options: RaoKupperLossOptions = {},
): TieLoss {
  requireNames('raoKupperLoss', options, { ties: true, threshold: true })
  const { ties = 0, threshold = Math.LN2 } = options
  const given = batchOf('raoKupperLoss', { chosenRewards, rejectedRewards })
  const difference = sub(given.chosenRewards, given.rejectedRewards)
  const eta = perExample('raoKupperLoss', 'threshold', threshold, difference, { above: 0 })
  const win = softplus(sub(eta, difference))
  const loss = softplus(add(eta, difference))
  const tie = sub(add(win, loss), log(expm1(mul(2, eta))))
  return tieLoss('raoKupperLoss', { ...given, threshold: eta }, ties, { win, tie })
}
