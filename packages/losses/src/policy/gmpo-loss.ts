import {
  add,
  clip,
  div,
  equal,
  exp,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  reduceSum,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { requireNames, requireNonNegative } from '../loss-error'
import { maskedMean, sequenceMean, type TokenLoss, tokenCounts } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyOutcome } from './policy-loss'
import { atTokens, ratioOf } from './ratio-levels'

/** Options of {@link gmpoLoss}. */
export interface GmpoLossOptions {
  /** ε ≥ 0: how far below 0 a log-ratio may be with a gradient, where A < 0. Default: 0.4, as in the paper. */
  clipEpsilon?: number
  /** ε_high ≥ 0: how far above 0, where A > 0. Default: ε. */
  clipEpsilonHigh?: number
  /**
   * How the geometric mean is computed. `trl`: means over the tokens. `verl`: sums over the tokens divided by their
   * number plus 1e-8, log of weights plus 1e-10, and a token with A = 0 counts as one with ratio 1. Default: `trl`.
   */
  convention?: Convention<'gmpoLoss'>
}

interface Rule {
  /** Mean over the tokens of each sequence, `[B]`. */
  readonly mean: (x: Tensor, mask: Tensor) => Tensor
  readonly logWeight: (weights: Tensor) => Tensor
  /** The log-ratio of tokens whose advantage is 0, as it is after the clip. */
  readonly indifferent: (logRatio: Tensor) => Tensor | number
}

const rules: Record<Convention<'gmpoLoss'>, Rule> = {
  trl: { mean: sequenceMean, logWeight: log, indifferent: (logRatio) => logRatio },
  verl: {
    mean: (x, mask) => div(reduceSum(where(mask, x, 0), { axis: 1 }), add(tokenCounts(mask, x), 1e-8)),
    logWeight: (weights) => log(add(weights, 1e-10)),
    indifferent: () => 0,
  },
}

/**
 * Geometric-mean policy optimisation, per token, with one ratio per sequence, the geometric mean of its tokens' ratios,
 * each clipped on the side to which the advantage pushes it, ρ = π/π_old: −A·exp(mean of x), x = min(log ρ, ε_high)
 * where A > 0, else max(log ρ, −ε). Of advantages `[B, T]` the mean over the sequence is used, and of weights their
 * geometric mean.
 *
 * For both conventions reduce it with `sequenceMeanTokenMean` under that function's convention `trl`: TRL and verl take
 * the mean over all sequences, and count those without tokens as 0.
 *
 * `clip_ratio/*` are shares of tokens; `actor/ppo_kl` is the mean of −log ρ over tokens.
 *
 * Source: 2507.20673. Proven against TRL 1.16.0 (`GMPOTrainer._compute_loss`), verl 0.9.1
 * (`compute_policy_loss_geo_mean`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function gmpoLoss(
  inputs: PolicyInputs,
  options: GmpoLossOptions = {},
): TokenLoss<ClipMetric | 'actor/ppo_kl'> {
  requireNames('gmpoLoss', options, { clipEpsilon: true, clipEpsilonHigh: true, convention: true })
  const { mean, logWeight, indifferent } = rules[conventionOf('gmpoLoss', options)]
  const { clipEpsilon = 0.4, clipEpsilonHigh = clipEpsilon } = options
  requireNonNegative('gmpoLoss', 'clipEpsilon', clipEpsilon)
  requireNonNegative('gmpoLoss', 'clipEpsilonHigh', clipEpsilonHigh)
  const bounds = [-clipEpsilon, clipEpsilonHigh] as const
  const tokens = policyTokensOf('gmpoLoss', inputs)
  const { advantages, mask, weights } = tokens
  const logRatio = sub(tokens.logprobs, tokens.oldLogprobs)
  const clipped = clippedWhereFavoured(logRatio, advantages, bounds)
  const ratio = ratioOf(mean(where(equal(advantages, 0), indifferent(clipped), clipped), mask))
  const surrogate = mul(neg(mean(advantages, mask)), ratio)
  const product = weights === undefined ? surrogate : mul(exp(mean(logWeight(weights), mask)), surrogate)
  return policyOutcome('gmpoLoss', tokens, where(mask, atTokens(product, mask), 0), {
    ...clipMetrics({ ratio: logRatio, advantages, mask, bounds, level: 'token' }),
    'actor/ppo_kl': maskedMean(neg(logRatio), mask),
  })
}

/** The log-ratio, clipped only on the side to which the advantage pushes it. */
function clippedWhereFavoured(
  logRatio: Tensor,
  advantages: Tensor,
  bounds: readonly [number, number],
): Tensor {
  const held = clip(logRatio, ...bounds)
  return where(greater(advantages, 0), minimum(logRatio, held), maximum(logRatio, held))
}
