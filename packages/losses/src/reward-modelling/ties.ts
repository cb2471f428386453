import { cast, exp, greater, mean, mul, neg, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { perExample } from '../batch'
import { settled } from '../determined'
import { mixture, type PairLoss, type RewardMetric, rewardMetrics } from '../pair-loss'

/**
 * Which pairs are ties: `[B]` or a number in [0, 1], 1 for a tie; for example, the share of annotators who saw no
 * difference.
 */
export type Ties = TensorLike

/** What losses with ties return. `tie_probability` is the mean probability that the model gives to a tie. */
export type TieLoss = PairLoss<RewardMetric | 'tie_probability'>

/**
 * (1 − t)·(−log P(chosen wins)) + t·(−log P(tie)), and the metrics: a tie counts half in `accuracy` and 0 in `margin`.
 * @throws LossError `SHAPE_MISMATCH` unless `ties` are a number or one for each pair; `INVALID_OPTION` when they are
 *   outside [0, 1]; `INDETERMINATE`.
 */
export function tieLoss(
  loss: string,
  inputs: Readonly<Record<'chosenRewards' | 'rejectedRewards' | (string & {}), Tensor>>,
  ties: Ties,
  { win, tie }: Record<'win' | 'tie', Tensor>,
): TieLoss {
  const t = perExample(loss, 'ties', ties, win, { from: 0, to: 1 })
  // A preference of ½ marks a pair without an order; more annotators for a tie than for the chosen are one.
  const noOrder = cast(greater(t, 0.5), win.dtype)
  const order = ties === 0 ? undefined : sub(1, mul(0.5, noOrder))
  const losses = ties === 0 ? win : mixture(t, win, tie)
  const metrics = {
    ...rewardMetrics(inputs.chosenRewards, inputs.rejectedRewards, order),
    tie_probability: mean(exp(neg(tie))),
  }
  return settled(loss, { losses, metrics }, inputs)
}
