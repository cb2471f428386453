import {
  add,
  cast,
  equal,
  exp,
  greater,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  minimum,
  mul,
  neg,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { requireChoice, requireNames, requireNonNegative, requirePositive } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { within20 } from './ratio-levels'
import { scoreFunction } from './score-function'

/** Options of {@link dppoLoss}. */
export interface DppoLossOptions {
  /**
   * Divergence between the distributions of π and π_old over two events, this token or any other: `tv`, total
   * variation, |π − π_old|; or `kl`, KL(π_old ‖ π). Default: `tv`.
   */
  divergence?: 'tv' | 'kl'
  /** δ ≥ 0: the largest divergence with a gradient, where A ≤ 0. Default: 0.15 for `tv`, 0.05 for `kl`. */
  threshold?: number
  /** δ_high ≥ 0: the same where A > 0. Default: δ. */
  thresholdHigh?: number
  /**
   * c > 0: the largest ratio; the ratio is a weight without gradient. Default: 20, the default of verl's function, to
   * which verl's trainer passes its `clip_ratio_c`, 3 by default.
   */
  ratioCap?: number
}

/** What {@link dppoLoss} reports. */
export type DppoMetric = 'actor/pg_clipfrac' | 'actor/pg_clipfrac_lower' | 'actor/ppo_kl'

interface Policies {
  readonly logprobs: Tensor
  readonly oldLogprobs: Tensor
}

/** Whether the probability has not risen, and not fallen, by more than δ. */
const trusted = {
  tv({ logprobs, oldLogprobs }: Policies, low: number, high: number) {
    const moved = sub(exp(logprobs), exp(oldLogprobs))
    return { up: lessEqual(moved, high), down: greaterEqual(moved, -low) }
  },
  kl({ logprobs, oldLogprobs }: Policies, low: number, high: number) {
    const [now, before] = [exp(logprobs), exp(oldLogprobs)]
    const divergence = binaryKl({ logprobs, oldLogprobs })
    return {
      up: logicalOr(lessEqual(divergence, high), lessEqual(now, before)),
      down: logicalOr(lessEqual(divergence, low), greaterEqual(now, before)),
    }
  },
}

/** KL of (π_old, 1 − π_old) from (π, 1 − π); as in verl, 1e-8 keeps 1 − π above 0 where π is 1. */
function binaryKl({ logprobs, oldLogprobs }: Policies): Tensor {
  const rest = (p: Tensor): Tensor => add(sub(1, p), 1e-8)
  const [now, before] = [exp(logprobs), exp(oldLogprobs)]
  const token = where(equal(before, 0), 0, mul(before, sub(oldLogprobs, logprobs)))
  return add(token, mul(sub(1, before), sub(log(rest(before)), log(rest(now)))))
}

/**
 * Divergence proximal policy optimisation, per token, ρ = π/π_old: −sg(min(ρ, c))·A·log π, and 0 for tokens that are
 * already further than δ from π_old in the direction in which A pushes them. The trust region is one of probabilities,
 * because ratios say little about rare tokens.
 *
 * `actor/pg_clipfrac` is the share of tokens left out, `actor/pg_clipfrac_lower` that of the others with ρ > c;
 * `actor/ppo_kl` is the mean of −log ρ, within ±20.
 *
 * Source: 2602.04879. Proven against verl 0.9.1 (`compute_policy_loss_dppo_tv`, `compute_policy_loss_dppo_kl`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage of 0.
 */
export function dppoLoss(inputs: PolicyInputs, options: DppoLossOptions = {}): TokenLoss<DppoMetric> {
  const { divergence, threshold, thresholdHigh, ratioCap } = settingsOf(options)
  const tokens = policyTokensOf('dppoLoss', inputs)
  const { mask } = tokens
  const logRatio = within20(sub(tokens.logprobs, tokens.oldLogprobs))
  const ratio = exp(logRatio)
  const { up, down } = trusted[divergence](tokens, threshold, thresholdHigh)
  const rising = greater(tokens.advantages, 0)
  const kept = logicalOr(logicalAnd(rising, up), logicalAnd(logicalNot(rising), down))
  const surrogate = where(kept, scoreFunction(tokens, minimum(ratio, ratioCap)), 0)
  const share = (flags: Tensor): Tensor => maskedMean(cast(flags, ratio.dtype), mask)
  return policyLoss('dppoLoss', tokens, surrogate, {
    'actor/pg_clipfrac': share(logicalNot(kept)),
    'actor/pg_clipfrac_lower': share(logicalAnd(kept, greater(ratio, ratioCap))),
    'actor/ppo_kl': maskedMean(neg(logRatio), mask),
  })
}

const thresholds = { tv: 0.15, kl: 0.05 }

function settingsOf(options: DppoLossOptions) {
  const names = { divergence: true, threshold: true, thresholdHigh: true, ratioCap: true }
  requireNames('dppoLoss', options, names)
  const { divergence = 'tv', ratioCap = 20 } = options
  requireChoice('dppoLoss', 'divergence', divergence, Object.keys(trusted))
  const { threshold = thresholds[divergence] } = options
  const { thresholdHigh = threshold } = options
  requireNonNegative('dppoLoss', 'threshold', threshold)
  requireNonNegative('dppoLoss', 'thresholdHigh', thresholdHigh)
  requirePositive('dppoLoss', 'ratioCap', ratioCap)
  return { divergence, threshold, thresholdHigh, ratioCap }
}
