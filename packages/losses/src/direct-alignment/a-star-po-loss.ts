import { mean, mul, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { alike } from '../batch'
import { settled } from '../determined'
import { REQUIRED, requireInputs, requireNames, requirePositive } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { requireSameShape } from './completions'
import { logRatiosOf } from './unpaired'

/** Inputs of {@link aStarPoLoss}: a completion of the policy for each prompt. */
export interface AStarPoInputs {
  /** log π of the completion: `[B, T]`, a number per token, or `[B]`, summed. */
  logprobs: TensorLike
  /** The same under the reference policy. Without it, log 1: reference-free. */
  refLogprobs?: TensorLike
  /**
   * A* = r − V*, `[B]`: the reward less the optimal value of the prompt; `optimalAdvantages` of
   * `@prefkit/advantages`.
   */
  advantages: TensorLike
  /** `[B, T]`, 1 for the tokens of the completion. Default: all of them. */
  mask?: TensorLike
}

/** Options of {@link aStarPoLoss}. */
export interface AStarPoLossOptions {
  /** β₂ > 0. Default: 1e-3, as in TRL. */
  beta?: number
}

/**
 * A*-PO, optimal advantage regression, per completion: (β₂x − A*)², x = log π − log π_ref of its sum over tokens. It
 * is 0 where the implicit reward β₂x is the optimal advantage.
 *
 * `implicit_reward` and `advantage` are the means of the two.
 *
 * Source: 2505.20686. Proven against TRL 1.16.0 (`A2POTrainer.compute_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite numbers meet.
 */
export function aStarPoLoss(
  inputs: AStarPoInputs,
  options: AStarPoLossOptions = {},
): PairLoss<'implicit_reward' | 'advantage'> {
  requireNames('aStarPoLoss', options, { beta: true })
  const { beta = 1e-3 } = options
  requirePositive('aStarPoLoss', 'beta', beta)
  requireInputs('aStarPoLoss', inputs, inputNames)
  const { mask, ...numbers } = inputs
  const { advantages, ...completions } = alike({ ...numbers }, 'aStarPoLoss') as Numbers
  const { tokens, ratios } = logRatiosOf('aStarPoLoss', {
    ...completions,
    ...(mask !== undefined && { mask }),
  })
  requireSameShape('aStarPoLoss', 'advantages', advantages, ratios)
  const rewards = mul(beta, ratios)
  const error = sub(rewards, advantages)
  const metrics = { implicit_reward: mean(rewards), advantage: mean(advantages) }
  return settled('aStarPoLoss', { losses: mul(error, error), metrics }, { ...tokens, advantages })
}

const inputNames = { logprobs: REQUIRED, refLogprobs: true, advantages: REQUIRED, mask: true }

/** The inputs that are numbers, of one dtype. */
type Numbers = Record<'logprobs' | 'advantages', Tensor> & { refLogprobs?: Tensor }
