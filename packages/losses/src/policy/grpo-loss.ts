import {
  add,
  mul,
  type OptionNames,
  sub,
  type Tensor,
  type TensorLike,
  where,
  zerosLike,
} from '@prefkit/tensor'
import {
  LossError,
  requireBoolean,
  requireChoice,
  requireNames,
  requireNonNegative,
  requireWithin,
} from '../loss-error'
import { requireEffects } from '../option-effects'
import { k3 } from '../regularisers/kl-loss'
import { maskedMean, type TokenLoss, tokensOf } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import {
  type ClipOptions,
  clipBounds,
  type PolicyInputs,
  policyInputs,
  policyTokensOf,
} from './policy-inputs'
import { policyOutcome, weighted } from './policy-loss'
import { logRatiosAt, ratioOf } from './ratio-levels'

/** Inputs of {@link grpoLoss}. */
export interface GrpoInputs extends PolicyInputs {
  /** log π_ref of the tokens, `[B, T]`; needed when `klWeight` is not 0. */
  refLogprobs?: TensorLike
}

/** Options of {@link grpoLoss}; ε is 0.2 by default. */
export interface GrpoLossOptions extends ClipOptions {
  /** δ > 1 + ε_high: the largest ratio where A < 0, too (two-sided clip, INTELLECT-2). Default: none. */
  ratioCap?: number
  /**
   * Level of the ratio: each `token`, or `sequence-mean`, the geometric mean of the ratios of a sequence's tokens
   * (GSPO), which TRL calls `sequence`. Default: `token`.
   */
  importance?: 'token' | 'sequence-mean'
  /** β ≥ 0: weight of the `k3` estimate of KL(π ‖ π_ref). Default: 0. */
  klWeight?: number
  /**
   * With β > 0: true to multiply that estimate by the ratio, which makes it unbiased off-policy (DeepSeek-V3.2).
   * Default: false.
   */
  klImportance?: boolean
}

/**
 * Group-relative policy optimisation, per token, with group-relative advantages A and ρ = π/π_old:
 * −min(min(ρ, δ)·A, clip(ρ, 1 − ε, 1 + ε_high)·A) + β·KL.
 *
 * Its variants differ in A, ε_high and the reduction; see `grpoReduction`. Dr. GRPO: A = R − mean, `dr_grpo`.
 * DAPO: ε_high = 0.28, `dapo`. GSPO: `importance: 'sequence-mean'`, ε = 3e-4.
 *
 * `clip_ratio/*` are shares of tokens, or of sequences with `sequence-mean`; `kl` is the mean of the estimate over
 * tokens, 0 without a KL weight.
 *
 * Source: 2402.03300, equation 3; 2503.20783 (Dr. GRPO); 2503.14476 (DAPO); 2507.18071 (GSPO); 2505.07291, section
 * 4.1 (the cap δ); 2512.02556 (the ratio in the KL). Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` for a KL weight without `refLogprobs`;
 *   `INDETERMINATE` where infinite log-probabilities meet.
 */
export function grpoLoss(inputs: GrpoInputs, options: GrpoLossOptions = {}): TokenLoss<ClipMetric | 'kl'> {
  const { bounds, ratioCap, importance, klWeight, klImportance } = settingsOf(options)
  const tokens = policyTokensOf('grpoLoss', inputs, knownInputs)
  const { logprobs, advantages, mask } = tokens
  const ratio = ratioOf(logRatiosAt[importance](sub(logprobs, tokens.oldLogprobs), mask))
  const surrogate = weighted(clippedSurrogate(ratio, advantages, { bounds, ratioCap }), tokens)
  const refLogprobs = klWeight === 0 ? undefined : referenceOf(inputs)
  const estimate = refLogprobs === undefined ? zerosLike(logprobs) : k3(sub(logprobs, refLogprobs))
  const kl = klImportance ? mul(ratio, estimate) : estimate
  const losses = klWeight === 0 ? surrogate : add(surrogate, mul(klWeight, kl))
  const level = importance === 'token' ? 'token' : 'sequence'
  const metrics = {
    ...clipMetrics({ ratio, advantages, mask, bounds, level }),
    kl: maskedMean(kl, mask),
  }
  return policyOutcome('grpoLoss', tokens, where(mask, losses, 0), metrics, { refLogprobs })
}

/** log π_ref, `[B, T]`, 0 where masked. @throws LossError `MISSING_INPUT`, `SHAPE_MISMATCH`. */
function referenceOf({ logprobs, refLogprobs, mask }: GrpoInputs): Tensor {
  if (refLogprobs === undefined) {
    throw new LossError('MISSING_INPUT', 'grpoLoss: klWeight needs refLogprobs: expected [B, T], got none')
  }
  return tokensOf('grpoLoss', { logprobs, refLogprobs }, mask).tokens.refLogprobs
}

const knownInputs: OptionNames<GrpoInputs> = { ...policyInputs, refLogprobs: true }

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
  const bounds = clipBounds('grpoLoss', clipEpsilon, clipEpsilonHigh)
  if (ratioCap !== undefined) requireWithin('grpoLoss', 'ratioCap', ratioCap, { above: bounds[1] })
  requireChoice('grpoLoss', 'importance', importance, ['token', 'sequence-mean'])
  requireNonNegative('grpoLoss', 'klWeight', klWeight)
  requireBoolean('grpoLoss', 'klImportance', klImportance)
  requireEffects('grpoLoss', options, {
    klImportance: { preset: false, counts: klWeight !== 0, only: 'klWeight > 0' },
  })
  return { bounds, ratioCap, importance, klWeight, klImportance }
}
