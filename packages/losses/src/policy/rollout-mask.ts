import {
  abs,
  add,
  any,
  cast,
  clip,
  div,
  exp,
  expm1,
  greater,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  logicalNot,
  maximum,
  mul,
  neg,
  reduceMax,
  reduceSum,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { determined } from '../determined'
import { requireChoice, requireNames, requirePositive, requireWithin } from '../loss-error'
import { requireEffects } from '../option-effects'
import { maskedMean, sequenceMean, tokenCounts } from '../tokens'
import { atTokens, within20 } from './ratio-levels'
import { type RolloutInputs, type RolloutTokens, rolloutTokensOf } from './rollout-inputs'

/** How far the trainer and the engine are apart at a token; see {@link rolloutMask}. */
export type RolloutDivergence = 'k1' | 'k2' | 'k3' | 'binary-kl' | 'total-variation'

/** Options of {@link rolloutMask}. */
export interface RolloutMaskOptions {
  /** Default: `k1`. */
  divergence?: RolloutDivergence
  /**
   * What is compared with the threshold: the divergence of each `token`, or its sum, mean or maximum over the sequence.
   * Default: `token`.
   */
  over?: 'token' | 'sequence-sum' | 'sequence-mean' | 'sequence-max'
  /**
   * The largest divergence > 0 that is kept; for `k1` the largest e^k1, a ratio μ/π, which is
   * above 1 unless `thresholdLow` is given. There is no default, as in verl.
   */
  threshold: number
  /** For `k1`: the smallest ratio μ/π > 0 that is kept. Default: 1/threshold. */
  thresholdLow?: number
}

/** What {@link rolloutMask} returns. */
export interface RolloutMask {
  /** `[B, T]`, of booleans: the tokens that are kept, of those that the mask keeps. */
  readonly mask: Tensor
  /** Shares of the tokens that are dropped, and of the sequences that lose any. */
  readonly metrics: Readonly<
    Record<'rollout_corr/rollout_rs_masked_fraction' | 'rollout_corr/rollout_rs_seq_masked_fraction', Tensor>
  >
}

/** Probabilities within [1e-6, 1 − 1e-6], as in OpenRLHF, so that their logarithms are finite. */
const probabilities = ({ logprobs, rolloutLogprobs }: RolloutTokens): [Tensor, Tensor] => {
  const held = (x: Tensor) => clip(exp(x), 1e-6, 1 - 1e-6)
  return [held(rolloutLogprobs), held(logprobs)]
}

const boundedLogRatio = ({ logRatio }: RolloutTokens): Tensor => within20(logRatio)

const divergences: Record<RolloutDivergence, (tokens: RolloutTokens) => Tensor> = {
  k1: (tokens) => neg(boundedLogRatio(tokens)),
  k2: (tokens) => mul(0.5, mul(boundedLogRatio(tokens), boundedLogRatio(tokens))),
  k3: (tokens) => sub(expm1(boundedLogRatio(tokens)), boundedLogRatio(tokens)),
  'binary-kl': (tokens) => {
    const [p, q] = probabilities(tokens)
    const [elseP, elseQ] = [sub(1, p), sub(1, q)]
    return add(mul(p, log(div(p, q))), mul(elseP, log(div(elseP, elseQ))))
  },
  'total-variation': (tokens) => abs(sub(...probabilities(tokens))),
}

const reductions: Record<NonNullable<RolloutMaskOptions['over']>, (x: Tensor, mask: Tensor) => Tensor> = {
  token: (x) => x,
  'sequence-sum': (x, mask) => atTokens(reduceSum(where(mask, x, 0), { axis: 1 }), x),
  'sequence-mean': (x, mask) => atTokens(sequenceMean(x, mask), x),
  'sequence-max': (x, mask) =>
    x.shape.includes(0) ? x : atTokens(reduceMax(where(mask, x, Number.NEGATIVE_INFINITY), { axis: 1 }), x),
}

/**
 * The tokens on which the trainer and the engine that sampled them agree well enough, x = log π/μ: those whose
 * divergence, or that of their sequence, is at most the threshold. `k1`: −x, between the logarithms of two ratios;
 * `k2`: ½x²; `k3`: e^x − 1 − x; log-ratios are held within ±20. `binary-kl`: KL of Bernoulli distributions, (μ, 1 − μ)
 * from (π, 1 − π); `total-variation`: |μ − π|; both of probabilities held within [1e-6, 1 − 1e-6], as in OpenRLHF.
 *
 * As `mask` of a loss it leaves tokens out of the reduction, as verl does; as a factor of its weights it only removes
 * their gradient, as OpenRLHF does. For several criteria, combine the masks with `logicalAnd`. Tokens whose log π is
 * NaN are dropped.
 *
 * Source: "When speed kills stability: demystifying RL collapse from the training-inference mismatch", 2025 (rejection
 * sampling). Proven against verl 0.9.1 (`compute_rollout_rejection_mask`), OpenRLHF 0.11.2 (`PolicyLoss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function rolloutMask(inputs: RolloutInputs, options: RolloutMaskOptions): RolloutMask {
  const { divergence, over, low, high } = settingsOf(options)
  const tokens = rolloutTokensOf('rolloutMask', inputs)
  const { logprobs, rolloutLogprobs, mask } = tokens
  const each = determined('rolloutMask', divergences[divergence](tokens), { logprobs, rolloutLogprobs })
  const apart = reductions[over](each, mask)
  const kept = logicalAnd(mask, logicalAnd(greaterEqual(apart, low), lessEqual(apart, high)))
  const dropped = logicalAnd(mask, logicalNot(kept))
  const sequences = reduceSum(cast(greater(tokenCounts(mask, logprobs), 0), logprobs.dtype))
  const losing = reduceSum(cast(any(dropped, { axis: 1 }), logprobs.dtype))
  return {
    mask: kept,
    metrics: {
      'rollout_corr/rollout_rs_masked_fraction': maskedMean(cast(dropped, logprobs.dtype), mask),
      'rollout_corr/rollout_rs_seq_masked_fraction': div(losing, maximum(sequences, 1)),
    },
  }
}

function settingsOf(options: RolloutMaskOptions) {
  const names = { divergence: true, over: true, threshold: true, thresholdLow: true }
  requireNames('rolloutMask', options, names)
  const { divergence = 'k1', over = 'token', threshold, thresholdLow } = options
  requireChoice('rolloutMask', 'divergence', divergence, Object.keys(divergences))
  requireChoice('rolloutMask', 'over', over, Object.keys(reductions))
  requirePositive('rolloutMask', 'threshold', threshold)
  requireEffects('rolloutMask', options, {
    thresholdLow: { preset: undefined, counts: divergence === 'k1', only: "divergence: 'k1'" },
  })
  if (divergence !== 'k1') return { divergence, over, low: Number.NEGATIVE_INFINITY, high: threshold }
  // Its inverse, the default of thresholdLow, must be below it.
  if (thresholdLow === undefined) requireWithin('rolloutMask', 'threshold', threshold, { above: 1 })
  const low = thresholdLow === undefined ? 1 / threshold : thresholdLow
  requireWithin('rolloutMask', 'thresholdLow', low, { above: 0, below: threshold })
  return { divergence, over, low: Math.log(low), high: Math.log(threshold) }
}
