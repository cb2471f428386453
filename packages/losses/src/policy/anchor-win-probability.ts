import { add, mean, mul, reduceMin, sigmoid, type Tensor, type TensorLike } from '@prefkit/tensor'
import { batchOf, tensorOf } from '../batch'
import { LossError, requireChoice, requireNames } from '../loss-error'

/** Options of {@link anchorWinProbability}. */
export interface AnchorOptions {
  /**
   * How rewards against several anchors are combined: their `mean`, or their `min`, that of the hardest anchor.
   * Default: `mean`.
   */
  anchors?: 'mean' | 'min'
}

const combined: Record<'mean' | 'min', (wins: Tensor) => Tensor> = {
  mean: (wins) => mean(wins, { axis: 1 }),
  min: (wins) => reduceMin(wins, { axis: 1 }),
}

/**
 * Reward of a response y against an anchor y* from a pairwise judge that is asked in both orders: r = ½[p(yes | y, y*)
 * + p(no | y*, y)] in [0, 1]. Exchanging the two gives 1 − r, whatever the judge's position bias. The reward saturates
 * at 1 where y is sure to win. `winProbabilityRewards` of `@prefkit/advantages` computes it from probabilities.
 *
 * Source: 2504.04950, pairwise reward r(y | y*). Proven against its equation.
 *
 * @param shownFirstLogits `[B]`, or `[B, K]` for K anchors: logit of y ≻ y* with y shown first, `yesLogit` of (y, y*).
 * @param shownSecondLogits The same with y shown second: minus `yesLogit` of (y*, y).
 * @returns `[B]`.
 * @throws LossError `SHAPE_MISMATCH`; `EMPTY` without responses or anchors; `INVALID_OPTION`.
 */
export function anchorWinProbability(
  shownFirstLogits: TensorLike,
  shownSecondLogits: TensorLike,
  options: AnchorOptions = {},
): Tensor {
  requireNames('anchorWinProbability', options, { anchors: true })
  return winsOf('anchorWinProbability', { shownFirstLogits, shownSecondLogits }, options).wins
}

/** A judge's logits of responses against their anchors, in both orders. */
export interface JudgeLogits<T = TensorLike> {
  readonly shownFirstLogits: T
  readonly shownSecondLogits: T
}

/** The same, with errors in the name of the calling function; also returns the logits as tensors. */
export function winsOf(
  name: string,
  { shownFirstLogits, shownSecondLogits }: JudgeLogits,
  { anchors = 'mean' }: AnchorOptions,
): { wins: Tensor; logits: JudgeLogits<Tensor> } {
  requireChoice(name, 'anchors', anchors, Object.keys(combined))
  const several = tensorOf(name, 'shownFirstLogits', shownFirstLogits).rank === 2
  const logits = batchOf(name, { shownFirstLogits, shownSecondLogits }, several ? ['B', 'K'] : ['B'])
  if (several && logits.shownFirstLogits.shape[1] === 0) {
    const got = `got [${logits.shownFirstLogits.shape}]`
    throw new LossError(
      'EMPTY',
      `${name}: shownFirstLogits and shownSecondLogits: expected an anchor or more, ${got}`,
    )
  }
  const wins = mul(0.5, add(sigmoid(logits.shownFirstLogits), sigmoid(logits.shownSecondLogits)))
  return { wins: several ? combined[anchors](wins) : wins, logits }
}
