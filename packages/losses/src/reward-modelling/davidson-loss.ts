import { abs, add, exp, log, log1p, maximum, mul, neg, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, perExample } from '../batch'
import { requireNames } from '../loss-error'
import { type TieLoss, type Ties, tieLoss } from './ties'

/** Options of {@link davidsonLoss}. */
export interface DavidsonLossOptions {
  /** t, `[B]` or a number in [0, 1]: 1 where neither response was preferred. Default: 0. */
  ties?: Ties
  /** ν > 0, a number, or a tensor that is learnt: P(tie)/√(P(c wins)·P(r wins)). Default: 1. */
  prevalence?: TensorLike
}

/**
 * Reward-model loss with ties of Davidson, per pair, d = r_c − r_r: the probability of a tie is ν times the geometric
 * mean of those of winning and losing. P(c wins) = e^(d/2)/Z, P(r wins) = e^(−d/2)/Z, P(tie) = ν/Z with
 * Z = e^(d/2) + e^(−d/2) + ν; ℓ = −(1 − t)·log P(c wins) − t·log P(tie). ν → 0 is Bradley–Terry.
 *
 * Metrics as in `bradleyTerryLoss`, where a pair with t > ½ counts half in `accuracy` and 0 in `margin`, and
 * `tie_probability`.
 *
 * Source: Davidson 1970. Proven against its equation, as a log-softmax over the three outcomes, with
 * PyTorch's gradients.
 *
 * @param chosenRewards `[B]`, real numbers.
 * @param rejectedRewards `[B]`, real numbers; in a tie, either.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where infinities of one sign meet.
 */
export function davidsonLoss(
  chosenRewards: TensorLike,
  rejectedRewards: TensorLike,
  options: DavidsonLossOptions = {},
): TieLoss {
  requireNames('davidsonLoss', options, { ties: true, prevalence: true })
  const { ties = 0, prevalence = 1 } = options
  const given = batchOf('davidsonLoss', { chosenRewards, rejectedRewards })
  const difference = sub(given.chosenRewards, given.rejectedRewards)
  const nu = perExample('davidsonLoss', 'prevalence', prevalence, difference, { above: 0 })
  // log Z = |d|/2 + rest; nothing of it overflows, and no infinity meets another.
  const half = exp(mul(-0.5, abs(difference)))
  const rest = log1p(mul(half, add(half, nu)))
  const win = add(maximum(neg(difference), 0), rest)
  const tie = sub(add(mul(0.5, abs(difference)), rest), log(nu))
  return tieLoss('davidsonLoss', { ...given, prevalence: nu }, ties, { win, tie })
}
