import {
  abs,
  add,
  clip,
  exp,
  expm1,
  maximum,
  minimum,
  mul,
  neg,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { requireChoice, requireInputs, requireNames } from '../loss-error'
import { within20 } from '../policy/ratio-levels'
import { maskedMean, type TokenLoss, tokensOf } from '../tokens'

/** Estimators of KL(π ‖ π_ref) from tokens that π drew; see {@link klLoss}. */
export type KlEstimator = 'k1' | 'abs' | 'k2' | 'mse' | 'k3' | 'low-variance'

/** Inputs of {@link klLoss}. */
export interface KlInputs {
  /** log π of the tokens, `[B, T]`. */
  logprobs: TensorLike
  /** log π_ref of the tokens, `[B, T]`. */
  refLogprobs: TensorLike
  /**
   * log π_old of the tokens, `[B, T]`: of the policy that drew them; its ratio weighs the gradient `k2`. Default: log
   * π.
   */
  oldLogprobs?: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link klLoss}. */
export interface KlLossOptions {
  /** Default: `k3`. */
  estimator?: KlEstimator
  /**
   * `estimator`: the gradient of the value. `k2`: the value of the estimator with the gradient of k2, the one of these
   * whose expectation is the gradient of the KL divergence; verl's `k1+` and `k3+`, OpenRLHF's `unbiased_gradient`,
   * where it is weighted by min(π/π_old, 10). Default: `estimator`.
   */
  gradient?: 'estimator' | 'k2'
  /**
   * What is bounded. `trl`: nothing. `verl`: k3's exponent within ±20 and its value within ±10. `openrlhf`: every
   * value within ±10, and k3's exponent at most 10. Default: `trl`.
   */
  convention?: KlConvention
}

type KlConvention = Convention<'klLoss'>

/** e^(−x) − 1 + x. */
export const k3 = (x: Tensor): Tensor => add(expm1(neg(x)), x)

const estimators: Record<KlEstimator, (x: Tensor, convention: KlConvention) => Tensor> = {
  k1: (x) => x,
  abs,
  k2: (x) => mul(0.5, mul(x, x)),
  mse: (x) => mul(0.5, mul(x, x)),
  k3: (x, convention) => k3(exponents[convention](x)),
  'low-variance': (x, convention) => k3(exponents[convention](x)),
}

const exponents: Record<KlConvention, (x: Tensor) => Tensor> = {
  trl: (x) => x,
  verl: within20,
  openrlhf: (x) => maximum(x, -10),
}

const boundsValue = (convention: KlConvention, estimator: KlEstimator): boolean =>
  convention === 'openrlhf' || (convention === 'verl' && (estimator === 'k3' || estimator === 'low-variance'))

/** OpenRLHF's bound on the importance weight. */
const LARGEST_WEIGHT = 10

/**
 * KL divergence from the reference policy, estimated per token; x = log π − log π_ref: `k1`: x; `abs`: |x|; `k2`, also
 * `mse`: ½x²; `k3`, also `low-variance`: e^(−x) − 1 + x. k1 and k3 are unbiased; k2, k3 and abs are never negative.
 * verl calls them `kl`, `abs`, `mse` and `low_var_kl`. `kl` is the mean over tokens.
 *
 * Source: Schulman 2020, "Approximating KL divergence". Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`), TRL
 * 0.23.1 (`PPOTrainer.train`), verl 0.9.1 (`kl_penalty`), OpenRLHF 0.11.2 (`compute_approx_kl`).
 *
 * @throws LossError `SHAPE_MISMATCH` unless all are `[B, T]`; `EMPTY`; `INVALID_OPTION`; `INDETERMINATE` where both
 *   log-probabilities are infinite.
 */
export function klLoss(inputs: KlInputs, options: KlLossOptions = {}): TokenLoss<'kl'> {
  requireNames('klLoss', options, { estimator: true, gradient: true, convention: true })
  const convention = conventionOf('klLoss', options)
  const { estimator = 'k3', gradient = 'estimator' } = options
  requireChoice('klLoss', 'estimator', estimator, Object.keys(estimators))
  requireChoice('klLoss', 'gradient', gradient, ['estimator', 'k2'])
  requireInputs('klLoss', inputs, { logprobs: true, refLogprobs: true, oldLogprobs: true, mask: true })
  const { logprobs, refLogprobs, oldLogprobs = logprobs } = inputs
  const { tokens, mask } = tokensOf('klLoss', { logprobs, refLogprobs, oldLogprobs }, inputs.mask)
  const logRatio = sub(tokens.logprobs, tokens.refLogprobs)
  const raw = estimators[estimator](logRatio, convention)
  const value = boundsValue(convention, estimator) ? clip(raw, -10, 10) : raw
  const losses = gradient === 'estimator' ? value : withGradientOfK2(value, logRatio, inputs, tokens)
  return settled('klLoss', { losses, metrics: { kl: maskedMean(value, mask) } }, tokens)
}

function withGradientOfK2(
  value: Tensor,
  logRatio: Tensor,
  { oldLogprobs }: KlInputs,
  tokens: Record<'logprobs' | 'oldLogprobs', Tensor>,
): Tensor {
  const k2 = mul(0.5, mul(logRatio, logRatio))
  const weight = minimum(exp(sub(tokens.logprobs, tokens.oldLogprobs)), LARGEST_WEIGHT)
  const surrogate = oldLogprobs === undefined ? k2 : mul(stopGradient(weight), k2)
  return add(stopGradient(value), sub(surrogate, stopGradient(surrogate)))
}
