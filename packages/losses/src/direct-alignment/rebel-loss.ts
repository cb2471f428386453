import { mul, type OptionNames, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { alike } from '../batch'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { REQUIRED, requireInputs, requireNames, requirePositive } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { type PreferenceLogprobs, preferencesOf, requireSameShape, summed, tokensOfPair } from './completions'
import { type ImplicitRewardMetric, implicitRewardMetrics } from './preference-metrics'

/** Inputs of {@link rebelLoss}: two completions of each prompt, in either order. */
export interface RebelInputs extends Omit<PreferenceLogprobs, 'chosenLengths' | 'rejectedLengths'> {
  /** log π_old of the chosen completion, of the shape of `chosenLogprobs`: of the policy that the step starts from. */
  oldChosenLogprobs: TensorLike
  /** The same of the rejected one. */
  oldRejectedLogprobs: TensorLike
  /** r(chosen) − r(rejected), `[B]`. */
  rewardMargins: TensorLike
}

/** Options of {@link rebelLoss}. */
export interface RebelLossOptions {
  /**
   * η > 0: how far a reward moves the policy; the inverse of the weight of the KL divergence from π_old. Default: 1.
   */
  eta?: number
  /**
   * `paper`: the square of rewards. `authors`: of log-ratios, η² times as large, as in the authors' code. Default:
   * `paper`.
   */
  convention?: Convention<'rebelLoss'>
}

/** The scales of the difference of log-ratios and of the difference of rewards. */
const scales: Record<Convention<'rebelLoss'>, (eta: number) => readonly [number, number]> = {
  paper: (eta) => [1 / eta, 1],
  authors: (eta) => [1, eta],
}

/**
 * REBEL, per pair: the squared error of the reward difference implied by the policy, with c, r the sums over tokens
 * of log π − log π_old: ((c − r)/η − (r_c − r_r))². It is 0 where π is the optimum of the step, π ∝ π_old·e^(ηr), and
 * the same whichever completion comes first. With π_ref for π_old it is `rpoLoss` with `squared`, β = 1/η.
 *
 * `rewards/*` are the log-ratios divided by η.
 *
 * Source: 2404.16767 (REBEL). Proven against its equation and finite differences.
 *
 * @throws LossError `SHAPE_MISMATCH` where shapes do not fit; `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where
 *   infinities meet.
 */
export function rebelLoss(
  inputs: RebelInputs,
  options: RebelLossOptions = {},
): PairLoss<ImplicitRewardMetric> {
  requireNames('rebelLoss', options, { eta: true, convention: true })
  const convention = conventionOf('rebelLoss', options)
  const { eta = 1 } = options
  requirePositive('rebelLoss', 'eta', eta)
  requireInputs('rebelLoss', inputs, inputNames)
  const { tokens, ...sides } = sidesOf(inputs)
  const chosen = sub(sides.chosenLogprobs, sides.oldChosenLogprobs)
  const rejected = sub(sides.rejectedLogprobs, sides.oldRejectedLogprobs)
  const [perLogRatio, perReward] = scales[convention](eta)
  const error = sub(mul(perLogRatio, sub(chosen, rejected)), mul(perReward, sides.rewardMargins))
  const metrics = implicitRewardMetrics(mul(1 / eta, chosen), mul(1 / eta, rejected))
  return settled('rebelLoss', { losses: mul(error, error), metrics }, tokens)
}

const inputNames: OptionNames<RebelInputs> = {
  chosenLogprobs: REQUIRED,
  rejectedLogprobs: REQUIRED,
  chosenMask: true,
  rejectedMask: true,
  oldChosenLogprobs: REQUIRED,
  oldRejectedLogprobs: REQUIRED,
  rewardMargins: REQUIRED,
}

type Sides = Record<
  'chosenLogprobs' | 'rejectedLogprobs' | 'oldChosenLogprobs' | 'oldRejectedLogprobs' | 'rewardMargins',
  Tensor
>

/** Sums over tokens and the rewards, `[B]` each; `tokens` are what was given, 0 where masked. */
function sidesOf({ chosenMask, rejectedMask, ...numbers }: RebelInputs): Sides & { tokens: Sides } {
  const given = alike({ ...numbers }, 'rebelLoss') as Sides
  const masks = {
    ...(chosenMask !== undefined && { chosenMask }),
    ...(rejectedMask !== undefined && { rejectedMask }),
  }
  const { chosenLogprobs, rejectedLogprobs, oldChosenLogprobs, oldRejectedLogprobs, rewardMargins } = given
  requireSameShape('rebelLoss', 'oldChosenLogprobs', oldChosenLogprobs, chosenLogprobs)
  requireSameShape('rebelLoss', 'oldRejectedLogprobs', oldRejectedLogprobs, rejectedLogprobs)
  const now = preferencesOf('rebelLoss', { chosenLogprobs, rejectedLogprobs, ...masks })
  const old = { chosenLogprobs: oldChosenLogprobs, rejectedLogprobs: oldRejectedLogprobs, ...masks }
  const before = preferencesOf('rebelLoss', old)
  requireSameShape('rebelLoss', 'rewardMargins', rewardMargins, summed(now[0]))
  return {
    chosenLogprobs: summed(now[0]),
    rejectedLogprobs: summed(now[1]),
    oldChosenLogprobs: summed(before[0]),
    oldRejectedLogprobs: summed(before[1]),
    rewardMargins,
    tokens: {
      ...tokensOfPair(now),
      oldChosenLogprobs: before[0].logprobs,
      oldRejectedLogprobs: before[1].logprobs,
      rewardMargins,
    },
  }
}
