import { clip, formatValue, greaterEqual, sub, where } from '@prefkit/tensor'
import { LossError, requireChoice, requireNames } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { logRatiosAt, type RatioLevel, ratioOf } from './ratio-levels'
import { scoreFunction } from './score-function'

/** Options of {@link toprLoss}. */
export interface ToprLossOptions {
  /** [a⁺, b⁺], 0 ≤ a⁺ ≤ b⁺: bounds of the ratio where A ≥ 0. Default: [1, 1], so that the ratio has no effect. */
  positiveBounds?: readonly [low: number, high: number]
  /** [a⁻, b⁻], 0 ≤ a⁻ ≤ b⁻: bounds of the ratio where A < 0. Default: [0, 1]. */
  negativeBounds?: readonly [low: number, high: number]
  /**
   * Level of the ratio: the `sequence`, as in the paper; `sequence-mean`, the geometric mean of the ratios of its
   * tokens, which does not vanish with the length; or each `token`, as in Trinity-RFT. Default: `sequence`.
   */
  importance?: Exclude<RatioLevel, 'sequence-token'>
}

const importances = ['sequence', 'sequence-mean', 'token']

/**
 * Tapered off-policy REINFORCE, per token, ρ = π/π_old of its sequence: −sg(α)·A·log π, with α = clip(ρ, a⁺, b⁺) where
 * A ≥ 0 and clip(ρ, a⁻, b⁻) where A < 0. By default good samples are learnt as in supervised learning, however
 * unlikely, and bad ones are unlearnt less and less as they become unlikely, which keeps the gradient bounded.
 *
 * `avg_alpha` and `avg_ratio` are means over tokens of α and ρ.
 *
 * Source: 2503.14286 (TOPR). Proven against Trinity-RFT 0.5.1 (`TOPRPolicyLossFn`) and its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage or a ratio of 0.
 */
export function toprLoss(
  inputs: PolicyInputs,
  options: ToprLossOptions = {},
): TokenLoss<'avg_alpha' | 'avg_ratio'> {
  requireNames('toprLoss', options, { positiveBounds: true, negativeBounds: true, importance: true })
  const { positiveBounds = [1, 1], negativeBounds = [0, 1], importance = 'sequence' } = options
  requireBounds('positiveBounds', positiveBounds)
  requireBounds('negativeBounds', negativeBounds)
  requireChoice('toprLoss', 'importance', importance, importances)
  const tokens = policyTokensOf('toprLoss', inputs)
  const { mask } = tokens
  const ratio = ratioOf(logRatiosAt[importance](sub(tokens.logprobs, tokens.oldLogprobs), mask))
  const alpha = where(
    greaterEqual(tokens.advantages, 0),
    clip(ratio, ...positiveBounds),
    clip(ratio, ...negativeBounds),
  )
  return policyLoss('toprLoss', tokens, scoreFunction(tokens, alpha), {
    avg_alpha: maskedMean(alpha, mask),
    avg_ratio: maskedMean(ratio, mask),
  })
}

function requireBounds(name: string, bounds: unknown): void {
  if (Array.isArray(bounds) && bounds.length === 2 && bounds.every((bound) => typeof bound === 'number')) {
    const [low, high] = bounds as [number, number]
    if (low >= 0 && low <= high && high < Number.POSITIVE_INFINITY) return
  }
  throw new LossError(
    'INVALID_OPTION',
    `toprLoss: ${name}: expected [low, high], 0 ≤ low ≤ high < ∞, got ${formatValue(bounds)}`,
  )
}
