import type { LossInputs, LossOutputs } from '@prefkit/lm'
import type { PairLoss } from '@prefkit/losses'
import { add, div, mul, reduceSum, reshape, slice, type Tensor, zerosLike } from '@prefkit/tensor'

/** The first and the second number of each pair: [2 P] as two [P]. */
export function sidesOf(x: Tensor): readonly [first: Tensor, second: Tensor] {
  const pairs = reshape(x, [-1, 2])
  const side = (at: number) => reshape(slice(pairs, 1, at, at + 1), [-1])
  return [side(0), side(1)]
}

/** What are no means over pairs, so that those of parts of a batch do not add up. */
const extremes = ['min_reward', 'max_reward']

/** The mean loss of pairs and the means of their metrics, as what this part of a batch adds to those of all of it. */
export function pairMeans(
  { losses, metrics }: PairLoss,
  { totals }: Pick<LossInputs, 'totals'>,
): Required<Pick<LossOutputs, 'loss' | 'metrics'>> {
  const pairs = div(totals.rows, 2)
  const share = div(reduceSum(add(zerosLike(losses), 1)), pairs)
  const means = Object.entries(metrics).filter(([name]) => !extremes.includes(name))
  return {
    loss: div(reduceSum(losses), pairs),
    metrics: Object.fromEntries(means.map(([name, mean]) => [name, mul(mean, share)])),
  }
}
