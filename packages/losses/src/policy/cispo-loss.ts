import { cast, clip, greater, less, logicalAnd, logicalOr, neg, sub, type Tensor } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { requireNames, requirePositive, requireWithin } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { ratioOf, within20 } from './ratio-levels'
import { scoreFunction } from './score-function'

/** Options of {@link cispoLoss}. */
export interface CispoLossOptions {
  /** The smallest weight ≥ 0, a ratio; verl's 1 − ε. Default: 0, no bound, with `trl`; 0.8 with `verl`. */
  ratioLow?: number
  /**
   * The largest weight, a ratio; TRL's `epsilon_high` itself, verl's 1 + ε_high. Default: 5 with `trl`; 1.2 with
   * `verl`.
   */
  ratioHigh?: number
  /**
   * The bounds of the trainers. `trl`: at most 5, the ε_max of ScaleRL (2510.13786) that TRL recommends, and log-ratios
   * at most 80. `verl`: within [0.8, 1.2], verl's `clip_ratio` of 0.2, and log-ratios within ±20. Default: `trl`.
   */
  convention?: Convention<'cispoLoss'>
}

/** What {@link cispoLoss} reports. */
export type CispoMetric = 'cispo_clip_ratio' | 'actor/pg_clipfrac' | 'actor/ppo_kl'

/** What a convention sets. */
interface Rule {
  readonly logRatio: (x: Tensor) => Tensor
  readonly ratioLow: number
  readonly ratioHigh: number
}

const rules: Record<Convention<'cispoLoss'>, Rule> = {
  trl: { logRatio: (x) => x, ratioLow: 0, ratioHigh: 5 },
  verl: { logRatio: within20, ratioLow: 0.8, ratioHigh: 1.2 },
}

/**
 * CISPO, per token: −sg(clip(ρ, low, high))·A·log π, ρ = π/π_old: the ratio is a bounded weight without gradient, so no
 * token loses its gradient to the clip.
 *
 * TRL's `cispo_clip_ratio` is the share of tokens with ρ over the bound and A > 0; verl's `actor/pg_clipfrac` the share
 * with ρ beyond either bound, and `actor/ppo_kl` the mean of −log ρ over tokens.
 *
 * Source: 2506.13585, section 3.1; 2510.13786 (the bound of 5). Proven against TRL 1.16.0
 * (`GRPOTrainer._compute_loss`), verl 0.9.1 (`compute_policy_loss_cispo`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage of 0.
 */
export function cispoLoss(inputs: PolicyInputs, options: CispoLossOptions = {}): TokenLoss<CispoMetric> {
  const { logRatioOf, ratioLow, ratioHigh } = settingsOf(options)
  const tokens = policyTokensOf('cispoLoss', inputs)
  const { advantages, mask } = tokens
  const logRatio = logRatioOf(sub(tokens.logprobs, tokens.oldLogprobs))
  const ratio = ratioOf(logRatio)
  const share = (flags: Tensor): Tensor => maskedMean(cast(flags, ratio.dtype), mask)
  const above = greater(ratio, ratioHigh)
  return policyLoss('cispoLoss', tokens, scoreFunction(tokens, clip(ratio, ratioLow, ratioHigh)), {
    cispo_clip_ratio: share(logicalAnd(above, greater(advantages, 0))),
    'actor/pg_clipfrac': share(logicalOr(above, less(ratio, ratioLow))),
    'actor/ppo_kl': maskedMean(neg(logRatio), mask),
  })
}

function settingsOf(options: CispoLossOptions) {
  requireNames('cispoLoss', options, { ratioLow: true, ratioHigh: true, convention: true })
  const { logRatio: logRatioOf, ...preset } = rules[conventionOf('cispoLoss', options)]
  const { ratioLow = preset.ratioLow, ratioHigh = preset.ratioHigh } = options
  requirePositive('cispoLoss', 'ratioHigh', ratioHigh)
  requireWithin('cispoLoss', 'ratioLow', ratioLow, { from: 0, below: ratioHigh })
  return { logRatioOf, ratioLow, ratioHigh }
}
