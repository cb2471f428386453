import {
  add,
  asTensor,
  cast,
  div,
  greater,
  maximum,
  mean,
  reduceSum,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { determined } from '../determined'
import { requireNames, requirePositive } from '../loss-error'
import { tokenCount, tokenCounts, tokensOf } from '../tokens'

/** Options of {@link tokenMean} and {@link tokenSum}. */
export interface TokenReductionOptions {
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link tokenMean}. */
export interface TokenMeanOptions extends TokenReductionOptions {
  /**
   * The divisor of the sum, such as the tokens of the whole batch when this is a part of it: the losses of the parts
   * then add up to that of the whole. Default: the tokens here.
   */
  tokens?: number
}

type ReductionConvention = Convention<'sequenceMeanTokenMean' | 'sequenceMeanTokenSum'>

/** Options of all reductions over sequences. */
interface SequenceOptions extends TokenReductionOptions {
  /** The divisor of the sum over sequences, such as their number in the whole batch. Default: the sequences here. */
  sequences?: number
}

/** Options of {@link sequenceMeanTokenMean}. */
export interface SequenceReductionOptions extends SequenceOptions {
  /**
   * Which sequences count, and how their means are taken. `verl` (and OpenRLHF): those with tokens, sums over tokens
   * divided by their number + 1e-8. `trl`: every one, without tokens as 0. Default: `verl`.
   */
  convention?: ReductionConvention
}

/** Options of {@link sequenceMeanTokenSum}. */
export interface SequenceMeanTokenSumOptions extends SequenceOptions {
  /** Which sequences count. `verl`: those with tokens. `trl`: every one, without tokens as 0. Default: `verl`. */
  convention?: ReductionConvention
  /** L > 0: a constant divisor of the sums over tokens, such as the maximum completion length. Default: 1. */
  length?: number
}

/**
 * Σ losses / tokens over the whole batch: long sequences weigh more. DAPO; verl's `token-mean`, TRL's `bnpo` and, with
 * `tokens` of the whole batch, `dapo` and `cispo`; OpenRLHF's token level. Without any token: 0.
 *
 * Source: 2503.14476, section 3.3. Proven against verl 0.9.1 (`agg_loss`), OpenRLHF 0.11.2 (`aggregate_loss`), TRL
 * 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @param losses `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where +∞ meets −∞.
 */
export function tokenMean(losses: TensorLike, options: TokenMeanOptions = {}): Tensor {
  requireNames('tokenMean', options, { mask: true, tokens: true })
  const { kept, mask } = keptOf('tokenMean', losses, options.mask)
  const count = countOf({ loss: 'tokenMean', name: 'tokens' }, options.tokens, tokenCount(mask, kept))
  return determined('tokenMean', div(reduceSum(kept), count), { losses: kept })
}

/**
 * Σ losses over the whole batch: verl's `token-sum`.
 *
 * Source: verl, aggregation `token-sum`. Proven against verl 0.9.1 (`agg_loss`).
 *
 * @param losses `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where +∞ meets −∞.
 */
export function tokenSum(losses: TensorLike, options: TokenReductionOptions = {}): Tensor {
  requireNames('tokenSum', options, { mask: true })
  const { kept } = keptOf('tokenSum', losses, options.mask)
  return determined('tokenSum', reduceSum(kept), { losses: kept })
}

/**
 * Mean over sequences of the sum over tokens, divided by a constant length. verl's `seq-mean-token-sum`, and with
 * `length` its `-norm`; Dr. GRPO and TRL's `dr_grpo` with `length` the maximum completion length and the convention
 * `trl`; TRL's `luspo`. Without any sequence: 0.
 *
 * Source: 2503.20783. Proven against verl 0.9.1 (`agg_loss`), TRL 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @param losses `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where +∞ meets −∞.
 */
export function sequenceMeanTokenSum(losses: TensorLike, options: SequenceMeanTokenSumOptions = {}): Tensor {
  requireNames('sequenceMeanTokenSum', options, { ...sequenceOptions, length: true })
  const convention = conventionOf('sequenceMeanTokenSum', options)
  const { length = 1, sequences } = options
  requirePositive('sequenceMeanTokenSum', 'length', length)
  const { kept, mask } = keptOf('sequenceMeanTokenSum', losses, options.mask)
  const how = { loss: 'sequenceMeanTokenSum', convention, sequences }
  const sums = overSequences(reduceSum(kept, { axis: 1 }), tokenCounts(mask, kept), how)
  return determined('sequenceMeanTokenSum', div(sums, length), { losses: kept })
}

/**
 * Mean over sequences of the mean over tokens: every sequence weighs the same. GRPO; verl's `seq-mean-token-mean`,
 * TRL's `grpo` with the convention `trl`, OpenRLHF's sample level. Without any sequence: 0.
 *
 * Source: 2402.03300, equation 3. Proven against verl 0.9.1 (`agg_loss`), OpenRLHF 0.11.2 (`aggregate_loss`), TRL
 * 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @param losses `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where +∞ meets −∞.
 */
export function sequenceMeanTokenMean(losses: TensorLike, options: SequenceReductionOptions = {}): Tensor {
  requireNames('sequenceMeanTokenMean', options, sequenceOptions)
  const convention = conventionOf('sequenceMeanTokenMean', options)
  const { sequences } = options
  const { kept, mask } = keptOf('sequenceMeanTokenMean', losses, options.mask)
  const counts = tokenCounts(mask, kept)
  const divisor = convention === 'verl' ? add(counts, 1e-8) : maximum(counts, 1)
  const how = { loss: 'sequenceMeanTokenMean', convention, sequences }
  const means = div(reduceSum(kept, { axis: 1 }), divisor)
  return determined('sequenceMeanTokenMean', overSequences(means, counts, how), { losses: kept })
}

const sequenceOptions = { mask: true, convention: true, sequences: true }

function keptOf(name: string, losses: TensorLike, mask: TensorLike | undefined) {
  const given = tokensOf(name, { losses }, mask)
  return { kept: given.tokens.losses, mask: given.mask }
}

/** The sum over sequences by their number: of those with tokens, or of all. */
function overSequences(
  values: Tensor,
  counts: Tensor,
  {
    loss,
    convention,
    sequences,
  }: { loss: string; convention: ReductionConvention; sequences: number | undefined },
): Tensor {
  if (convention === 'trl' && sequences === undefined) return mean(values)
  const filled = greater(counts, 0)
  return div(
    reduceSum(where(filled, values, 0)),
    countOf({ loss, name: 'sequences' }, sequences, reduceSum(cast(filled, values.dtype))),
  )
}

function countOf(
  { loss, name }: { loss: string; name: string },
  given: number | undefined,
  here: Tensor,
): Tensor {
  if (given === undefined) return maximum(here, 1)
  requirePositive(loss, name, given)
  return asTensor(given, here.dtype)
}
