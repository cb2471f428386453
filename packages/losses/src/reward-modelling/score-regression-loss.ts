import { abs, mean, mul, reduceMax, reduceMin, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { batchOf } from '../batch'
import { settled } from '../determined'
import { huber } from '../huber'
import { requireChoice, requireNames, requirePositive } from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'

/** How far a reward is from a score, e = reward − score. */
export type ScoreDistance = 'squared' | 'absolute' | 'huber'

/** Options of {@link scoreRegressionLoss}. */
export interface ScoreRegressionLossOptions {
  /** `squared`: e²; `absolute`: |e|; `huber`: ½e² for |e| ≤ δ, else δ(|e| − ½δ). Default: `squared`. */
  distance?: ScoreDistance
  /** δ > 0 of `huber`, in units of the scores. Default: 1. */
  delta?: number
}

const distances: Record<ScoreDistance, (error: Tensor, delta: number) => Tensor> = {
  squared: (error) => mul(error, error),
  absolute: abs,
  huber,
}

/**
 * Regression of rewards to scores that people or a judge gave, per response: the distance of `reward` from `score`.
 *
 * `mean_absolute_error` is the mean of |reward − score|; the others are those of TRL's reward trainer.
 *
 * Source: 2310.05344 (SteerLM); 2406.08673 (HelpSteer2). Proven against PyTorch 2.15.0 (`mse_loss`, `l1_loss`,
 * `huber_loss`).
 *
 * @param rewards `[B]`, real numbers.
 * @param scores `[B]`, real numbers.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no responses; `INVALID_OPTION` for options that
 *   are unknown, out of range or without effect; `INDETERMINATE` where reward and score are infinite alike.
 */
export function scoreRegressionLoss(
  rewards: TensorLike,
  scores: TensorLike,
  options: ScoreRegressionLossOptions = {},
): PairLoss<'mean_absolute_error' | 'min_reward' | 'mean_reward' | 'max_reward'> {
  requireNames('scoreRegressionLoss', options, { distance: true, delta: true })
  const { distance = 'squared', delta = 1 } = options
  requireChoice('scoreRegressionLoss', 'distance', distance, Object.keys(distances))
  requirePositive('scoreRegressionLoss', 'delta', delta)
  requireEffects('scoreRegressionLoss', options, {
    delta: { preset: 1, counts: distance === 'huber', only: "distance: 'huber'" },
  })
  const inputs = batchOf('scoreRegressionLoss', { rewards, scores })
  const error = sub(inputs.rewards, inputs.scores)
  const metrics = {
    mean_absolute_error: mean(abs(error)),
    min_reward: reduceMin(inputs.rewards),
    mean_reward: mean(inputs.rewards),
    max_reward: reduceMax(inputs.rewards),
  }
  return settled('scoreRegressionLoss', { losses: distances[distance](error, delta), metrics }, inputs)
}
