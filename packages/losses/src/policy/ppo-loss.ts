import { asTensor, cast, div, exp, maximum, mul, reduceSum, sub, type Tensor, where } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { requireNames, requireWithin } from '../loss-error'
import { type TokenLoss, tokenCount } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { capped, clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { ratioOf, within20 } from './ratio-levels'

/** Options of {@link ppoLoss}; ε is 0.2 by default. */
export interface PpoLossOptions extends ClipOptions {
  /** c > 1: with A < 0 the loss is at most −c·A (dual clip, 1912.09729). Default: 3 with `verl`, else none. */
  dualClip?: number
  /**
   * The bounds of log-ratios, beyond which they have no gradient, and the default of the dual clip. `trl`: at most 80,
   * near where TRL's ratios overflow, and no dual clip. `verl`: within ±20, and a dual clip of 3. `openrlhf`: within
   * ±20, no dual clip. Default: `trl`.
   */
  convention?: Convention<'ppoLoss'>
}

/** What {@link ppoLoss} reports. */
export type PpoMetric =
  | ClipMetric
  | 'policy/approxkl_avg'
  | 'policy/clipfrac_avg'
  | 'val/ratio'
  | 'actor/pg_clipfrac'
  | 'actor/pg_clipfrac_lower'
  | 'actor/ppo_kl'

/** What a convention sets. */
interface Rule {
  readonly logRatio: (x: Tensor) => Tensor
  /** The ratio of such a log-ratio. */
  readonly ratio: (x: Tensor) => Tensor
  readonly dualClip?: number
}

const bounded = { logRatio: within20, ratio: exp }

/** What the trainers do to log-ratios, and their dual clip. */
const rules: Record<Convention<'ppoLoss'>, Rule> = {
  trl: { logRatio: (x) => x, ratio: ratioOf },
  verl: { ...bounded, dualClip: 3 },
  openrlhf: bounded,
}

/**
 * Clipped surrogate of PPO, per token, ρ = π/π_old: −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)·A), and with a dual clip at
 * most −c·A where A < 0. Clip-higher is ε_high > ε.
 *
 * Over tokens, TRL's `policy/approxkl_avg` is the mean of ½(log ρ)², `policy/clipfrac_avg` the share whose clipped term
 * is the larger, `val/ratio` the mean of ρ; TRL's `val/ratio_var` is the variance of `val/ratio` over the steps of an
 * update. verl's `actor/pg_clipfrac` equals `policy/clipfrac_avg`, `actor/pg_clipfrac_lower` is the share that the dual
 * clip holds, `actor/ppo_kl` the mean of −log ρ. `clip_ratio/*` are TRL's of GRPO: ratios beyond a bound on the side
 * where the advantage would push them further.
 *
 * Source: 1707.06347, equation 7; 1912.09729 (dual clip); 2503.14476, section 3.1 (clip-higher). Proven against TRL
 * 0.23.1 (`PPOTrainer.train`), verl 0.9.1 (`compute_policy_loss_vanilla`), OpenRLHF 0.11.2 (`PolicyLoss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function ppoLoss(inputs: PolicyInputs, options: PpoLossOptions = {}): TokenLoss<PpoMetric> {
  const names = { clipEpsilon: true, clipEpsilonHigh: true, dualClip: true, convention: true }
  requireNames('ppoLoss', options, names)
  return clippedPolicyLoss('ppoLoss', inputs, options)
}

/** The same, with errors in the name of the calling function. */
export function clippedPolicyLoss(
  name: string,
  inputs: PolicyInputs,
  options: PpoLossOptions,
): TokenLoss<PpoMetric> {
  const { rule, bounds, dualClip } = settingsOf(name, options)
  const tokens = policyTokensOf(name, inputs)
  const { advantages, mask } = tokens
  const logRatio = rule.logRatio(sub(tokens.logprobs, tokens.oldLogprobs))
  const ratio = rule.ratio(logRatio)
  const clipping = clipMetrics({ ratio, advantages, mask, bounds, level: 'token' })
  return policyLoss(name, tokens, clippedSurrogate(ratio, advantages, { bounds, dualClip }), {
    ...clipping,
    ...meansOverTokens({ logRatio, ratio, advantages, mask, dualClip }),
    // The clipped term is the larger where the ratio is beyond the bound on the side that matters.
    'policy/clipfrac_avg': clipping['clip_ratio/region_mean'],
    'actor/pg_clipfrac': clipping['clip_ratio/region_mean'],
  })
}

/** What {@link meansOverTokens} averages: `[B, T]`, log-ratios and advantages 0 where masked. */
interface Ratios extends Readonly<Record<'logRatio' | 'ratio' | 'advantages' | 'mask', Tensor>> {
  readonly dualClip: number | undefined
}

function meansOverTokens({ logRatio, ratio, advantages, mask, dualClip }: Ratios) {
  const count = maximum(tokenCount(mask, ratio), 1)
  // x is 0 where masked.
  const over = (x: Tensor): Tensor => div(reduceSum(x), count)
  return {
    'policy/approxkl_avg': mul(0.5, over(mul(logRatio, logRatio))),
    'val/ratio': over(where(mask, ratio, 0)),
    'actor/pg_clipfrac_lower':
      dualClip === undefined
        ? asTensor(0, ratio.dtype)
        : over(cast(capped(ratio, advantages, dualClip), ratio.dtype)),
    // 0 − x, not −x, which is −0 without tokens.
    'actor/ppo_kl': sub(0, over(logRatio)),
  }
}

function settingsOf(name: string, options: PpoLossOptions) {
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon } = options
  const rule = rules[conventionOf('ppoLoss', options)]
  const { dualClip = rule.dualClip } = options
  if (dualClip !== undefined) requireWithin(name, 'dualClip', dualClip, { above: 1 })
  return { rule, bounds: clipBounds(name, clipEpsilon, clipEpsilonHigh), dualClip }
}
