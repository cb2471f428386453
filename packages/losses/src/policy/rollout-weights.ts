import {
  abs,
  asTensor,
  cast,
  clip,
  div,
  greater,
  less,
  logicalOr,
  maximum,
  minimum,
  mul,
  neg,
  sqrt,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { requireBoolean, requireChoice, requireNames, requirePositive, requireWithin } from '../loss-error'
import { maskedMean } from '../tokens'
import { logRatiosAt, type RatioLevel, ratioOf, within20 } from './ratio-levels'
import { type RolloutInputs, type RolloutTokens, rolloutTokensOf } from './rollout-inputs'
import { maskedMax, maskedMin, type Units, unitMean } from './rollout-units'

/** What {@link rolloutWeights} does to ratios out of bounds. */
export type RolloutCorrection =
  | 'token-truncate'
  | 'token-mask'
  | 'sequence-truncate'
  | 'sequence-mask'
  | 'sequence-mean-mask'

/** Options of {@link rolloutWeights}. */
export interface RolloutWeightsOptions {
  /** Which correction. Default: `token-truncate`. */
  correction?: RolloutCorrection
  /** The smallest ratio ≥ 0 that is within bounds. Default: 0, no bound; OpenRLHF's is 0.5. */
  ratioLow?: number
  /** The largest ratio within bounds. Default: 3 with `trl`, 2 with `verl`; OpenRLHF's is 5. */
  ratioHigh?: number
  /**
   * True to divide the weights by their mean over the tokens, or over the sequences when these have one each. Default:
   * false.
   */
  normalize?: boolean
  /**
   * The bounds of log-ratios, and the default of the largest ratio. `trl` (and OpenRLHF): log-ratios at most 80, ratios
   * at most 3. `verl`: log-ratios within ±20, ratios at most 2, and 1e-8 added to counts. Default: `trl`.
   */
  convention?: Convention<'rolloutWeights'>
}

/** What {@link rolloutWeights} reports. */
export type RolloutMetric =
  | 'sampling/sampling_logp_difference/mean'
  | 'sampling/sampling_logp_difference/max'
  | 'sampling/importance_sampling_ratio/min'
  | 'sampling/importance_sampling_ratio/mean'
  | 'sampling/importance_sampling_ratio/max'
  | 'rollout_corr/rollout_is_mean'
  | 'rollout_corr/rollout_is_max'
  | 'rollout_corr/rollout_is_min'
  | 'rollout_corr/rollout_is_std'
  | 'rollout_corr/rollout_is_eff_sample_size'
  | 'rollout_corr/rollout_is_ratio_fraction_high'
  | 'rollout_corr/rollout_is_ratio_fraction_low'
  | 'rollout_corr/rollout_is_batch_norm_factor'
  | 'vllm_kl'
  | 'is_filter_ratio'

/** What {@link rolloutWeights} returns. */
export interface RolloutWeights {
  /** `[B, T]`, constant, 0 where masked: the `weights` of policy losses. */
  readonly weights: Tensor
  /** Scalars over the batch, under the names of TRL, verl and OpenRLHF; a mean over no tokens is 0. */
  readonly metrics: Readonly<Record<RolloutMetric, Tensor>>
}

/** The ratio that is the weight, the one that is compared with the bounds, and what happens beyond them. */
interface Rule {
  readonly weight: RatioLevel
  readonly gate: RatioLevel
  readonly beyond: 'truncate' | 'mask'
}

const rules: Record<RolloutCorrection, Rule> = {
  'token-truncate': { weight: 'token', gate: 'token', beyond: 'truncate' },
  'token-mask': { weight: 'token', gate: 'token', beyond: 'mask' },
  'sequence-truncate': { weight: 'sequence', gate: 'sequence', beyond: 'truncate' },
  'sequence-mask': { weight: 'sequence', gate: 'sequence', beyond: 'mask' },
  'sequence-mean-mask': { weight: 'token', gate: 'sequence-mean', beyond: 'mask' },
}

const conventionRules: Record<
  Convention<'rolloutWeights'>,
  { bounded: (logRatio: Tensor) => Tensor; epsilon: number; ratioHigh: number }
> = {
  trl: { bounded: (x) => x, epsilon: 0, ratioHigh: 3 },
  verl: { bounded: within20, epsilon: 1e-8, ratioHigh: 2 },
}

/**
 * Importance weights of tokens that one engine sampled and another trains on: ρ = π/μ, which is 1 only where both
 * engines compute alike. `token-truncate` (TIS): ρ of the token, held within the bounds; `token-mask` (IcePop): 0
 * beyond them; `sequence-truncate`, `sequence-mask`: the same with the product over the sequence; `sequence-mean-mask`
 * (seq-mask-tis): ρ of the token, 0 where the geometric mean over its sequence is beyond them. TRL's
 * `vllm_importance_sampling_mode` is the first four with underscores; verl's `rollout_is` with one threshold truncates,
 * with two it masks.
 *
 * `sampling/*` are TRL's, `rollout_corr/*` verl's, `vllm_kl` and `is_filter_ratio` OpenRLHF's: |log ρ|; the weights, of
 * sequences where these have one each; shares of ratios beyond the bounds. Sequences without tokens do not count in
 * them.
 *
 * Source: Yao et al. 2025, "Your efficient RL framework secretly brings you off-policy RL training" (TIS); 2512.16144,
 * equation 1 (IcePop). Proven against TRL 1.16.0 (`GRPOTrainer`), verl 0.9.1 (`compute_rollout_correction_weights`),
 * OpenRLHF 0.11.2 (`PolicyLoss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function rolloutWeights(inputs: RolloutInputs, options: RolloutWeightsOptions = {}): RolloutWeights {
  const { correction, bounds, normalize, convention } = settingsOf(options)
  const tokens = rolloutTokensOf('rolloutWeights', inputs)
  const { weight, gate, beyond } = rules[correction]
  const { bounded, epsilon } = conventionRules[convention]
  const ratioAt = (level: RatioLevel) => ratioOf(bounded(logRatiosAt[level](tokens.logRatio, tokens.mask)))
  const { logprobs, rolloutLogprobs } = tokens
  const gated = ratioAt(gate)
  const ratio = weight === gate ? gated : ratioAt(weight)
  const held = beyond === 'truncate' ? clip(ratio, ...bounds) : where(isBeyond(gated, bounds), 0, ratio)
  const applied = where(tokens.mask, held, 0)
  const units: Units = { level: weight === 'sequence' ? 'sequence' : 'token', mask: tokens.mask }
  const average = unitMean(applied, units, epsilon)
  const factor = normalize ? where(greater(average, 1e-8), average, 1) : asTensor(1, applied.dtype)
  const metrics = {
    ...weightMetrics({ weights: applied, gated, units, high: bounds[1], epsilon }),
    ...gateMetrics(gated, { level: gate === 'token' ? 'token' : 'sequence', mask: tokens.mask }, bounds),
    ...differenceMetrics(tokens),
    'rollout_corr/rollout_is_batch_norm_factor': factor,
  }
  const checked = settled('rolloutWeights', { losses: gated, metrics }, { logprobs, rolloutLogprobs })
  return { weights: div(applied, factor), metrics: checked.metrics }
}

type Bounds = readonly [low: number, high: number]

/** NaN is not beyond: it stays. */
const isBeyond = (x: Tensor, [low, high]: Bounds): Tensor => logicalOr(less(x, low), greater(x, high))

/** What {@link weightMetrics} measures. */
interface Applied {
  readonly weights: Tensor
  /** The ratios that are compared with the bounds. */
  readonly gated: Tensor
  readonly units: Units
  readonly high: number
  readonly epsilon: number
}

/**
 * Metrics of the weights before they are normalised. verl's extremes of sequences are those of their ratios, before the
 * bounds.
 */
function weightMetrics({ weights, gated, units, high, epsilon }: Applied) {
  const { level, mask } = units
  const extremes = level === 'token' ? weights : gated
  // Tokens count here even when sequences have one weight each, as in verl.
  const held = minimum(weights, high)
  const overTokens = (x: Tensor) => unitMean(x, { level: 'token', mask }, epsilon)
  const average = overTokens(held)
  const some = greater(average, 0)
  // Of weights by their mean: squares of large ones would overflow in single precision.
  const relative = div(held, where(some, average, 1))
  const square = overTokens(mul(relative, relative))
  return {
    'sampling/importance_sampling_ratio/min': maskedMin(weights, mask),
    'sampling/importance_sampling_ratio/mean': unitMean(weights, units),
    'sampling/importance_sampling_ratio/max': maskedMax(weights, mask),
    'rollout_corr/rollout_is_mean': overTokens(weights),
    'rollout_corr/rollout_is_max': maskedMax(extremes, mask),
    'rollout_corr/rollout_is_min': maskedMin(extremes, mask),
    'rollout_corr/rollout_is_std': mul(average, sqrt(maximum(sub(square, 1), 0))),
    'rollout_corr/rollout_is_eff_sample_size': where(some, div(1, where(some, square, 1)), 0),
  }
}

/** Shares of tokens or sequences whose ratio is beyond the bounds. verl's low bound is 1/high where there is none. */
function gateMetrics(gated: Tensor, units: Units, [low, high]: Bounds) {
  const share = (flags: Tensor) => unitMean(cast(flags, gated.dtype), units)
  return {
    'rollout_corr/rollout_is_ratio_fraction_high': share(greater(gated, high)),
    'rollout_corr/rollout_is_ratio_fraction_low': share(less(gated, low === 0 ? 1 / high : low)),
    is_filter_ratio: share(isBeyond(gated, [low, high])),
  }
}

/** Of log μ − log π, over the tokens that the engine scored. */
const differenceMetrics = ({ logRatio, scored }: RolloutTokens) => ({
  'sampling/sampling_logp_difference/mean': maskedMean(abs(logRatio), scored),
  'sampling/sampling_logp_difference/max': maskedMax(abs(logRatio), scored),
  vllm_kl: maskedMean(neg(logRatio), scored),
})

function settingsOf(options: RolloutWeightsOptions) {
  const names = { correction: true, ratioLow: true, ratioHigh: true, normalize: true, convention: true }
  requireNames('rolloutWeights', options, names)
  const convention = conventionOf('rolloutWeights', options)
  const { correction = 'token-truncate', ratioLow = 0, normalize = false } = options
  const { ratioHigh = conventionRules[convention].ratioHigh } = options
  requireChoice('rolloutWeights', 'correction', correction, Object.keys(rules))
  requireBoolean('rolloutWeights', 'normalize', normalize)
  requirePositive('rolloutWeights', 'ratioHigh', ratioHigh)
  requireWithin('rolloutWeights', 'ratioLow', ratioLow, { from: 0, below: ratioHigh })
  return { correction, bounds: [ratioLow, ratioHigh] as const, normalize, convention }
}
