import { asTensor, div, greater, mul, neg, sigmoid, sub, type Tensor, where } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { requireNames, requirePositive } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { ratioOf, within20 } from './ratio-levels'

/** Options of {@link sapoLoss}. */
export interface SapoLossOptions {
  /** τ₊ > 0: how fast the gate closes where A > 0. Default: 1. */
  temperaturePositive?: number
  /** τ₋ > 0: how fast it closes where A ≤ 0; larger than τ₊ for stability. Default: 1.05. */
  temperatureNegative?: number
  /**
   * The bounds of log-ratios, beyond which they have no gradient. `trl`: at most 80, near where TRL's ratios overflow.
   * `verl`: within ±20. Default: `trl`.
   */
  convention?: Convention<'sapoLoss'>
}

const logRatios: Record<Convention<'sapoLoss'>, (x: Tensor) => Tensor> = {
  trl: (x) => x,
  verl: within20,
}

/**
 * Soft adaptive policy optimisation, per token, ρ = π/π_old: −(4/τ)·σ(τ(ρ − 1))·A, τ = τ₊ where A > 0, else τ₋: a
 * smooth gate in place of the clip, whose slope is 1 on-policy. Reduce it with `sequenceMeanTokenMean` under the same
 * convention.
 *
 * `actor/ppo_kl` is the mean of −log ρ over tokens.
 *
 * Source: 2511.20347. Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`), verl 0.9.1
 * (`compute_policy_loss_sapo`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function sapoLoss(inputs: PolicyInputs, options: SapoLossOptions = {}): TokenLoss<'actor/ppo_kl'> {
  const names = { temperaturePositive: true, temperatureNegative: true, convention: true }
  requireNames('sapoLoss', options, names)
  const bounded = logRatios[conventionOf('sapoLoss', options)]
  const { temperaturePositive = 1, temperatureNegative = 1.05 } = options
  requirePositive('sapoLoss', 'temperaturePositive', temperaturePositive)
  requirePositive('sapoLoss', 'temperatureNegative', temperatureNegative)
  const tokens = policyTokensOf('sapoLoss', inputs)
  const { advantages } = tokens
  const logRatio = bounded(sub(tokens.logprobs, tokens.oldLogprobs))
  const positive = asTensor(temperaturePositive, advantages.dtype)
  const temperature = where(greater(advantages, 0), positive, temperatureNegative)
  const gate = mul(sigmoid(mul(temperature, sub(ratioOf(logRatio), 1))), div(4, temperature))
  return policyLoss('sapoLoss', tokens, mul(neg(advantages), gate), {
    'actor/ppo_kl': maskedMean(neg(logRatio), tokens.mask),
  })
}
