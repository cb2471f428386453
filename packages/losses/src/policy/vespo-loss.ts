import {
  add,
  asTensor,
  clip,
  expandDims,
  greaterEqual,
  log,
  mul,
  reduceSum,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { requireEach } from '../batch'
import { requireNames, requireNonNegative, requirePositive } from '../loss-error'
import { meanOfSequences, sequenceMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, type PolicyTokens, policyTokensOf } from './policy-inputs'
import { policyOutcome } from './policy-loss'
import { ratioOf, within20 } from './ratio-levels'
import { scoreFunction } from './score-function'

/** Options of {@link vespoLoss}. */
export interface VespoLossOptions {
  /** k ≥ 0 where A ≥ 0: the power with which small w lose weight. Default: 2. */
  powerPositive?: number
  /** λ > 0 where A ≥ 0: the rate at which large w do. Default: 3. */
  decayPositive?: number
  /** k ≥ 0 where A < 0. Default: 3. */
  powerNegative?: number
  /** λ > 0 where A < 0. Default: 2. */
  decayNegative?: number
}

/** A factor of w is not below 0; an infinite one is held like any other large one. */
const ANY_FACTOR = { from: 0, to: Number.POSITIVE_INFINITY }

/** w is held within [1e-8, e²⁰], and so is the weight of a token. */
const [SMALLEST_LOG_WEIGHT, LARGEST_LOG_WEIGHT] = [Math.log(1e-8), 20]

/**
 * Variational sequence-level soft policy optimisation, per token: −sg(φ(w))·A·log π, w = Π π/π_old over the tokens of
 * the sequence and φ(w) = w^k·e^(λ − λw): a smooth weight of whole sequences in place of the clip, 1 on-policy, whose k
 * and λ depend on the sign of A. Reduce it with `tokenMean`. Unlike in other losses, `weights`, at least 0 each, are factors of
 * w, not of the loss.
 *
 * `vespo/phi_seq_mean` is the mean of φ over the sequences that have tokens.
 *
 * Source: 2602.10693. Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`, `GRPOTrainer.get_gamma_weights`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage of 0.
 */
export function vespoLoss(
  inputs: PolicyInputs,
  options: VespoLossOptions = {},
): TokenLoss<'vespo/phi_seq_mean'> {
  const names = { powerPositive: true, decayPositive: true, powerNegative: true, decayNegative: true }
  requireNames('vespoLoss', options, names)
  const tokens = policyTokensOf('vespoLoss', inputs)
  const { advantages, mask, weights } = tokens
  if (weights !== undefined) requireEach('vespoLoss', 'weights', weights, ANY_FACTOR)
  const phi = weightOf(sequenceLogRatio(tokens), advantages, settingsOf(options))
  return policyOutcome('vespoLoss', tokens, where(mask, scoreFunction(tokens, phi), 0), {
    'vespo/phi_seq_mean': meanOfSequences(sequenceMean(phi, mask), mask),
  })
}

/** log w of each sequence, `[B, 1]`. */
function sequenceLogRatio({ logprobs, oldLogprobs, mask, weights }: PolicyTokens): Tensor {
  const logRatio = within20(sub(logprobs, oldLogprobs))
  const corrected = weights === undefined ? logRatio : add(logRatio, bounded(log(weights)))
  return expandDims(bounded(reduceSum(where(mask, corrected, 0), { axis: 1 })), 1)
}

const bounded = (logWeight: Tensor): Tensor => clip(logWeight, SMALLEST_LOG_WEIGHT, LARGEST_LOG_WEIGHT)

/** φ(w), by its logarithm, λ + k·log w − λw; `[B, T]`. */
function weightOf(
  logWeight: Tensor,
  advantages: Tensor,
  { positive, negative }: Record<'positive' | 'negative', { power: number; decay: number }>,
): Tensor {
  const bySign = (above: number, below: number): Tensor =>
    where(greaterEqual(advantages, 0), asTensor(above, advantages.dtype), below)
  const decay = bySign(positive.decay, negative.decay)
  const power = bySign(positive.power, negative.power)
  return ratioOf(add(mul(power, logWeight), mul(decay, sub(1, ratioOf(logWeight)))))
}

function settingsOf(options: VespoLossOptions) {
  const { powerPositive = 2, decayPositive = 3, powerNegative = 3, decayNegative = 2 } = options
  requireNonNegative('vespoLoss', 'powerPositive', powerPositive)
  requireNonNegative('vespoLoss', 'powerNegative', powerNegative)
  requirePositive('vespoLoss', 'decayPositive', decayPositive)
  requirePositive('vespoLoss', 'decayNegative', decayNegative)
  return {
    positive: { power: powerPositive, decay: decayPositive },
    negative: { power: powerNegative, decay: decayNegative },
  }
}
