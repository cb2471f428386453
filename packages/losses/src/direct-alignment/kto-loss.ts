import {
  asTensor,
  equal,
  logicalNot,
  maximum,
  mean,
  mul,
  neg,
  sigmoid,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { alike, batchOf } from '../batch'
import { type Convention, conventionOf } from '../conventions'
import { determined, settled } from '../determined'
import {
  LossError,
  requireChoice,
  requireInputs,
  requireNames,
  requireNonNegative,
  requirePositive,
} from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'
import { maskedMean } from '../tokens'
import {
  type UnpairedLogprobs,
  type UnpairedMetric,
  unpairedMetrics,
  unpairedNames,
  unpairedOf,
} from './unpaired'

/** Inputs of {@link ktoLoss}. */
export interface KtoInputs extends UnpairedLogprobs {
  /**
   * `[K]`: log π of completions that do not belong to their prompts, summed over tokens, such as those of the batch
   * rotated by one; with `refKlLogprobs` they estimate the KL divergence, the reference point of rewards.
   */
  klLogprobs?: TensorLike
  /** `[K]`: the same under the reference policy. */
  refKlLogprobs?: TensorLike
}

/** Options of {@link ktoLoss}. */
export interface KtoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
  /** `kto`; or `apo_zero_unpaired`, whose reference point is 0. Default: `kto`. */
  lossType?: 'kto' | 'apo_zero_unpaired'
  /** λ_D ≥ 0, weight of desirable completions; λ_D·n_D/(λ_U·n_U) should be in [1, 4/3]. Default: 1. */
  desirableWeight?: number
  /** λ_U ≥ 0, weight of undesirable completions. Default: 1. */
  undesirableWeight?: number
  /**
   * Which mismatched completions the KL estimate averages. `trl`: all. `halos`: those whose log-ratio is not 0; that of
   * an empty completion is 0. Default: `trl`.
   */
  convention?: Convention<'ktoLoss'>
}

/**
 * Kahneman–Tversky optimisation, per completion, x = log π − log π_ref of its sum over tokens: λ_D·(1 − σ(β(x − z))) if
 * desirable, else λ_U·(1 − σ(β(z − x))), with z = max(0, mean(klLogprobs − refKlLogprobs)), held constant.
 * `apo_zero_unpaired` takes z = 0.
 *
 * `rewards/*` are the means of βx over desirable (`chosen`) and undesirable (`rejected`) completions, 0 where there are
 * none; `kl` is z.
 *
 * Source: 2402.01306, equation 7; 2408.06266, equation 7 (`apo_zero_unpaired`). Proven against TRL 1.16.0
 * (`KTOTrainer._compute_loss`), HALOs 4831988 (`KTOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` when `kto` has no KL
 *   log-probabilities; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function ktoLoss(inputs: KtoInputs, options: KtoLossOptions = {}): PairLoss<UnpairedMetric | 'kl'> {
  const names = { beta: true, lossType: true, desirableWeight: true, undesirableWeight: true }
  requireNames('ktoLoss', options, { ...names, convention: true })
  const { beta = 0.1, lossType = 'kto', desirableWeight = 1, undesirableWeight = 1 } = options
  const convention = conventionOf('ktoLoss', options)
  requirePositive('ktoLoss', 'beta', beta)
  requireChoice('ktoLoss', 'lossType', lossType, ['kto', 'apo_zero_unpaired'])
  requireNonNegative('ktoLoss', 'desirableWeight', desirableWeight)
  requireNonNegative('ktoLoss', 'undesirableWeight', undesirableWeight)
  requireEffects('ktoLoss', options, {
    convention: { preset: 'trl', counts: lossType === 'kto', only: "lossType: 'kto'" },
  })
  requireInputs('ktoLoss', inputs, { ...unpairedNames, klLogprobs: true, refKlLogprobs: true })
  const { desirable: labels, mask, ...numbers } = inputs
  const { klLogprobs, refKlLogprobs, ...completions } = alike({ ...numbers }, 'ktoLoss') as Numbers
  const given = { ...completions, desirable: labels, ...(mask !== undefined && { mask }) }
  const { logprobs, tokens, ratios, desirable } = unpairedOf('ktoLoss', given)
  const estimate = () => divergenceOf({ klLogprobs, refKlLogprobs }, convention)
  const kl = lossType === 'kto' ? estimate() : asTensor(0, ratios.dtype)
  const gain = mul(beta, sub(ratios, kl))
  const losses = where(
    desirable,
    mul(desirableWeight, sigmoid(neg(gain))),
    mul(undesirableWeight, sigmoid(gain)),
  )
  const metrics = { ...unpairedMetrics(mul(beta, ratios), logprobs, desirable), kl }
  return settled('ktoLoss', { losses, metrics }, { ...tokens, kl })
}

/** The inputs that are numbers, of one dtype. */
type Numbers = { logprobs: Tensor } & Partial<Record<'refLogprobs' | 'klLogprobs' | 'refKlLogprobs', Tensor>>

function divergenceOf(
  { klLogprobs, refKlLogprobs }: Record<'klLogprobs' | 'refKlLogprobs', Tensor | undefined>,
  convention: Convention<'ktoLoss'>,
): Tensor {
  if (klLogprobs === undefined || refKlLogprobs === undefined) {
    const missing = klLogprobs === undefined ? 'klLogprobs' : 'refKlLogprobs'
    throw new LossError('MISSING_INPUT', `ktoLoss: expected klLogprobs and refKlLogprobs, no ${missing}`)
  }
  const mismatched = batchOf('ktoLoss', { klLogprobs, refKlLogprobs }, ['K'])
  const ratios = sub(mismatched.klLogprobs, mismatched.refKlLogprobs)
  const average = convention === 'trl' ? mean(ratios) : maskedMean(ratios, logicalNot(equal(ratios, 0)))
  const kl = maximum(average, 0)
  return stopGradient(determined('ktoLoss', kl, mismatched))
}
