import { clip, div, exp, maximum, mul, reduceSum, sub, type Tensor } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { determined } from '../determined'
import { requireBetween, requireNames } from '../loss-error'
import { type TokenLoss, tokenCounts } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'

/** Options of {@link ppoLoss}; ε is 0.2 by default. */
export interface PpoLossOptions extends ClipOptions {
  /** c > 1: with A < 0 the loss is at most −c·A (dual clip, 1912.09729). Default: 3 with `verl`, else none. */
  dualClip?: number
  /** Where trainers differ. `trl`: nothing more. `verl`: log-ratios within ±20, dual clip. `openrlhf`: log-ratios within ±20.
   * Default: `trl`. */
  convention?: Convention<'ppoLoss'>
}

/** What {@link ppoLoss} reports. */
export type PpoMetric = ClipMetric | 'policy/approxkl_avg' | 'policy/clipfrac_avg'

/** What a convention comes to. */
interface Rule {
  readonly logRatio: (x: Tensor) => Tensor
  /** e^x of what that gives. */
  readonly ratio: (x: Tensor) => Tensor
  readonly dualClip?: number
}

const within20 = { logRatio: (x: Tensor) => clip(x, -20, 20), ratio: exp }

/** What the trainers do to log-ratios, and their dual clip. */
const rules: Record<Convention<'ppoLoss'>, Rule> = {
  trl: { logRatio: (x) => x, ratio: ratioOf },
  verl: { ...within20, dualClip: 3 },
  openrlhf: within20,
}

/**
 * Clipped surrogate of PPO, per token, ρ = π/π_old: −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)·A), and with a dual clip at most
 * −c·A where A < 0. Clip-higher is ε_high > ε.
 *
 * `policy/approxkl_avg` is the mean of ½(log ρ)², `policy/clipfrac_avg` the share of tokens whose clipped term is the larger;
 * `clip_ratio/*` are TRL's of GRPO: ratios beyond a bound on the side where the advantage would push them further.
 *
 * Source: 1707.06347, equation 7; 1912.09729 (dual clip); 2503.14476, section 3.1 (clip-higher). Proven against verl
 * 0.9.1 (`compute_policy_loss_vanilla`), OpenRLHF 0.11.2 (`PolicyLoss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function ppoLoss(inputs: PolicyInputs, options: PpoLossOptions = {}): TokenLoss<PpoMetric> {
  const names = { clipEpsilon: true, clipEpsilonHigh: true, dualClip: true, convention: true }
  requireNames('ppoLoss', options, names)
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon } = options
  const rule = rules[conventionOf('ppoLoss', options)]
  const { dualClip = rule.dualClip } = options
  if (dualClip !== undefined) requireBetween('dualClip', dualClip, 1, Number.POSITIVE_INFINITY)
  const bounds = clipBounds(clipEpsilon, clipEpsilonHigh)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('ppoLoss', inputs)
  const logRatio = rule.logRatio(sub(logprobs, oldLogprobs))
  const ratio = rule.ratio(logRatio)
  const surrogate = clippedSurrogate(ratio, advantages, { bounds, dualClip })
  const losses = weights === undefined ? surrogate : mul(weights, surrogate)
  const clipping = clipMetrics({ ratio, advantages, mask, bounds, level: 'token' })
  // Log-ratios are 0 where the mask is: a sum needs no other.
  const squares = reduceSum(mul(0.5, mul(logRatio, logRatio)))
  return {
    losses: determined('ppoLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: {
      ...clipping,
      'policy/approxkl_avg': div(squares, maximum(reduceSum(tokenCounts(mask, ratio)), 1)),
      // The clipped term is the larger where the ratio is beyond the bound on the side that matters.
      'policy/clipfrac_avg': clipping['clip_ratio/region_mean'],
    },
  }
}
