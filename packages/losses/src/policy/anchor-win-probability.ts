import {
  add,
  asTensor,
  mean,
  mul,
  neg,
  reduceMin,
  sigmoid,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { batchOf } from '../batch'
import { requireNames, requireOneOf } from '../loss-error'

/** Options of {@link anchorWinProbability}. */
export interface AnchorOptions {
  /** What becomes of several anchors: their `mean`, or the `min`imum, the hardest to beat. Default: `mean`. */
  anchors?: 'mean' | 'min'
}

const combined: Record<'mean' | 'min', (wins: Tensor) => Tensor> = {
  mean: (wins) => mean(wins, { axis: 1 }),
  min: (wins) => reduceMin(wins, { axis: 1 }),
}

/**
 * Reward of a response y against an anchor y*, both orders of a pairwise judge being asked:
 * r = ½[p(yes | y, y*) + p(no | y*, y)] in [0, 1]. Exchanging the two gives 1 − r, whatever the judge's position bias. It
 * saturates where y surely wins, so that there is nothing to gain from going on.
 *
 * Source: 2504.04950, pairwise reward r(y | y*). Proven against its equation.
 *
 * @param policyFirstLogits `[B]`, or `[B, K]` for K anchors: logit of yes to "is y better than y*?"; see `yesLogit`.
 * @param anchorFirstLogits The same of "is y* better than y?".
 * @returns `[B]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`.
 */
export function anchorWinProbability(
  policyFirstLogits: TensorLike,
  anchorFirstLogits: TensorLike,
  options: AnchorOptions = {},
): Tensor {
  requireNames('anchorWinProbability', options, { anchors: true })
  const { anchors = 'mean' } = options
  requireOneOf('anchors', anchors, Object.keys(combined))
  const several = asTensor(policyFirstLogits).rank === 2
  const given = batchOf(
    'anchorWinProbability',
    { policyFirstLogits, anchorFirstLogits },
    several ? ['B', 'K'] : ['B'],
  )
  const wins = mul(0.5, add(sigmoid(given.policyFirstLogits), sigmoid(neg(given.anchorFirstLogits))))
  return several ? combined[anchors](wins) : wins
}
