import {
  add,
  broadcastTo,
  expandDims,
  minimum,
  mul,
  sub,
  type Tensor,
  type TensorLike,
  where,
  zerosLike,
} from '@prefkit/tensor'
import { determined } from '../determined'
import { LossError, requireBetween, requireInRange, requireNames, requireOneOf } from '../loss-error'
import { klLoss } from '../regularisers/kl-loss'
import { maskedMean, sequenceMean, type TokenLoss } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'

/** Inputs of {@link grpoLoss}. */
export interface GrpoInputs extends PolicyInputs {
  /** log π_ref of the tokens, `[B, T]`; needed when `klWeight` is not 0. */
  refLogprobs?: TensorLike
}

/** Options of {@link grpoLoss}; ε is 0.2 by default. */
export interface GrpoLossOptions extends ClipOptions {
  /** δ > 1 + ε_high: the largest ratio where A < 0, too (two-sided clip, INTELLECT-2). Default: none. */
  ratioCap?: number
  /** Whether each token has a ratio of its own, or each sequence the mean of its log-ratios' (GSPO). Default: `token`. */
  importance?: 'token' | 'sequence'
  /** β ≥ 0: weight of the `k3` estimate of KL(π ‖ π_ref). Default: 0. */
  klWeight?: number
  /** True to multiply that estimate by the ratio, which makes it unbiased off-policy (DeepSeek-V3.2). Default: false. */
  klImportance?: boolean
}

/**
 * Group-relative policy optimisation, per token, with group-relative advantages A and ρ = π/π_old:
 * −min(min(ρ, δ)·A, clip(ρ, 1 − ε, 1 + ε_high)·A) + β·KL.
 *
 * Its variants differ in what A, ε_high and the reduction are; see `grpoReduction`. Dr. GRPO: A = R − mean, `dr_grpo`.
 * DAPO: ε_high = 0.28, `dapo`. GSPO: `importance: 'sequence'`, ε = 3e-4.
 *
 * `clip_ratio/*`: see there; `kl` is the mean of the estimate over tokens, 0 without one.
 *
 * Source: 2402.03300, equation 3; 2503.20783 (Dr. GRPO); 2503.14476 (DAPO); 2507.18071 (GSPO); 2505.07291, section
 * 4.1 (the cap δ); 2512.02556 (the ratio in the KL). Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` for a KL weight without `refLogprobs`;
 *   `INDETERMINATE` where infinite log-probabilities meet.
 */
export function grpoLoss(inputs: GrpoInputs, options: GrpoLossOptions = {}): TokenLoss<ClipMetric | 'kl'> {
  const settings = settingsOf(options)
  const { bounds, ratioCap, importance, klWeight, klImportance } = settings
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('grpoLoss', inputs)
  const logRatio = sub(logprobs, oldLogprobs)
  const ratio = ratioOf(importance === 'token' ? logRatio : overSequence(logRatio, mask))
  const surrogate = clippedSurrogate(ratio, advantages, { bounds, ratioCap })
  const weighted = weights === undefined ? surrogate : mul(weights, surrogate)
  const estimate = klWeight === 0 ? zerosLike(logprobs) : divergence(inputs)
  const kl = klImportance ? mul(ratio, estimate) : estimate
  const losses = klWeight === 0 ? weighted : add(weighted, mul(klWeight, kl))
  const capped = ratioCap === undefined ? ratio : minimum(ratio, ratioCap)
  return {
    losses: determined('grpoLoss', where(mask, losses, 0), { logprobs, oldLogprobs, advantages, weights }),
    metrics: {
      ...clipMetrics({ ratio: capped, advantages, mask, bounds, level: importance }),
      kl: maskedMean(kl, mask),
    },
  }
}

/** The mean over the tokens of each sequence, at each of its tokens. */
const overSequence = (x: Tensor, mask: Tensor): Tensor =>
  broadcastTo(expandDims(sequenceMean(x, mask), 1), x.shape)

function divergence({ logprobs, refLogprobs, mask }: GrpoInputs): Tensor {
  if (refLogprobs === undefined) {
    throw new LossError('MISSING_INPUT', 'grpoLoss: klWeight needs refLogprobs: expected [B, T], got none')
  }
  return klLoss({ logprobs, refLogprobs, ...(mask === undefined ? {} : { mask }) }).losses
}

const knownOptions = {
  clipEpsilon: true,
  clipEpsilonHigh: true,
  ratioCap: true,
  importance: true,
  klWeight: true,
  klImportance: true,
}

function settingsOf(options: GrpoLossOptions) {
  requireNames('grpoLoss', options, knownOptions)
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon, ratioCap, importance = 'token' } = options
  const { klWeight = 0, klImportance = false } = options
  const bounds = clipBounds(clipEpsilon, clipEpsilonHigh)
  if (ratioCap !== undefined) requireBetween('ratioCap', ratioCap, bounds[1], Number.POSITIVE_INFINITY)
  requireOneOf('importance', importance, ['token', 'sequence'])
  requireInRange('klWeight', klWeight, 0, Number.POSITIVE_INFINITY)
  return { bounds, ratioCap, importance, klWeight, klImportance }
}
