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
   * Divergence of the policies that see no more than this token and the rest: `tv`, total variation, |π − π_old|; or `kl`,
   * KL(π_old ‖ π). Default: `tv`.
   */
  divergence?: 'tv' | 'kl'
  /** δ ≥ 0: the largest divergence with a gradient, where A ≤ 0. Default: 0.15 for `tv`, 0.05 for `kl`. */
  threshold?: number
  /** δ_high ≥ 0: the same where A > 0. Default: δ. */
  thresholdHigh?: number
  /**
   * The largest ratio > 0, which is a weight without gradient. Default: 20, as in verl's function; verl's own configuration
   * makes it 3.
   */
  ratioCap?: number
}

/** What {@link dppoLoss} reports. */
export type DppoMetric = 'actor/pg_clipfrac' | 'actor/pg_clipfrac_lower' | 'actor/ppo_kl'

interface Policies {
  readonly logprobs: Tensor
  readonly oldLogprobs: Tensor
}

/** Whether the policy has not gone further than δ up, and down. */
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

/** KL of (π_old, 1 − π_old) from (π, 1 − π); as in verl 1e-8 keeps the rest of a certain token from being nothing. */
function binaryKl({ logprobs, oldLogprobs }: Policies): Tensor {
  const rest = (p: Tensor): Tensor => add(sub(1, p), 1e-8)
  const [now, before] = [exp(logprobs), exp(oldLogprobs)]
  const token = where(equal(before, 0), 0, mul(before, sub(oldLogprobs, logprobs)))
  return add(token, mul(sub(1, before), sub(log(rest(before)), log(rest(now)))))
}

/**
 * Divergence proximal policy optimisation, per token, ρ = π/π_old: −sg(min(ρ, c))·A·log π, without the tokens that have already
 * gone further than δ from π_old in the direction in which A pushes: a trust region of probabilities, where a ratio says little
 * about rare tokens.
 *
 * `actor/pg_clipfrac` is the share of tokens left out, `actor/pg_clipfrac_lower` that of the others with ρ > c;
 * `actor/ppo_kl` is the mean of −log ρ, within ±20.
 *
 * Source: 2602.04879. Proven against verl 0.9.1 (`compute_policy_loss_dppo_tv`, `compute_policy_loss_dppo_kl`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet, or
 *   where one meets an advantage of 0.
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
