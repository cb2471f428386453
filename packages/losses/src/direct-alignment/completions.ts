import {
  add,
  asTensor,
  broadcastTo,
  cast,
  cumsum,
  div,
  expandDims,
  lessEqual,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type OptionNames,
  reduceSum,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { floats, maskOf, requireEach, tensorOf } from '../batch'
import { LossError, REQUIRED } from '../loss-error'

/** Log-probabilities of the two completions of each prompt, under the policy. */
export interface PreferenceLogprobs {
  /** log π of the chosen completion: `[B, T]`, a number per token, or `[B]`, its sum over the tokens. */
  chosenLogprobs: TensorLike
  /** The same of the rejected one; its T may differ. */
  rejectedLogprobs: TensorLike
  /** `[B, T]`, 1 for the tokens of the chosen completion. Default: all of them. */
  chosenMask?: TensorLike
  /** `[B, T]`, 1 for the tokens of the rejected completion. Default: all of them. */
  rejectedMask?: TensorLike
  /**
   * `[B]`, tokens of the chosen completion, whole numbers of at least 1: given with sums, for losses that take means
   * per token. Means are passed with lengths of 1.
   */
  chosenLengths?: TensorLike
  /** `[B]`, tokens of the rejected completion, in the same way. */
  rejectedLengths?: TensorLike
}

/**
 * The same with the log-probabilities under the reference policy, of the same shapes. Without them, both are log 1:
 * reference-free.
 */
export interface ReferencedLogprobs extends PreferenceLogprobs {
  /** log π_ref of the chosen completion. */
  refChosenLogprobs?: TensorLike
  /** log π_ref of the rejected one. */
  refRejectedLogprobs?: TensorLike
}

/** One side of the batch. */
export interface Completions {
  /** The name of the values, for messages. */
  readonly name: string
  /** `[B, T]`, 0 where masked, or `[B]`; weighted where tokens are. */
  readonly logprobs: Tensor
  /** The same as given, without weights. */
  readonly given: Tensor
  /** `[B, T]`, of booleans; absent when the values are sums. */
  readonly mask: Tensor | undefined
  /** Tokens, `[B]`, where known. */
  readonly lengths: Tensor | undefined
}

/** Values of each completion, with its mask or lengths. @throws LossError `SHAPE_MISMATCH`, `EMPTY`. */
export function completionsOf(
  loss: string,
  name: string,
  values: { logprobs: TensorLike; mask?: TensorLike | undefined; lengths?: TensorLike | undefined },
): Completions {
  const { logprobs } = floats(loss, { logprobs: values.logprobs })
  if (logprobs.rank !== 1 && logprobs.rank !== 2) {
    const got = `got [${logprobs.shape}]`
    throw new LossError('SHAPE_MISMATCH', `${loss}: ${name} must be [B, T], or [B] when summed, ${got}`)
  }
  if (logprobs.shape[0] === 0) {
    throw new LossError('EMPTY', `${loss}: ${name}: expected at least one completion, got none`)
  }
  if (logprobs.rank === 1) {
    refuseBeside(loss, `the mask of ${name}`, values.mask, '[B, T]')
    const lengths = values.lengths === undefined ? undefined : countsOf(loss, name, values.lengths, logprobs)
    return { name, logprobs, given: logprobs, mask: undefined, lengths }
  }
  refuseBeside(loss, `the lengths of ${name}`, values.lengths, '[B], sums')
  const mask = maskOf(loss, `the mask of ${name}`, values.mask, logprobs)
  const lengths = reduceSum(cast(mask, logprobs.dtype), { axis: 1 })
  const kept = where(mask, logprobs, 0)
  return { name, logprobs: kept, given: kept, mask, lengths }
}

/**
 * Tokens of each completion, as given.
 * @throws LossError `SHAPE_MISMATCH`; `INVALID_OPTION` unless they are whole, 1 or more.
 */
function countsOf(loss: string, name: string, lengths: TensorLike, logprobs: Tensor): Tensor {
  const what = `the lengths of ${name}`
  const counts = cast(tensorOf(loss, what, lengths), logprobs.dtype)
  requireSameShape(loss, what, counts, logprobs)
  requireEach(loss, what, counts, { from: 1, whole: true })
  return counts
}

/** @throws LossError `SHAPE_MISMATCH` for an input that would be ignored with log-probabilities of this shape. */
function refuseBeside(loss: string, name: string, given: TensorLike | undefined, expected: string): void {
  if (given === undefined) return
  throw new LossError(
    'SHAPE_MISMATCH',
    `${loss}: ${name}: expected log-probabilities as ${expected}, with it`,
  )
}

/** @throws LossError `SHAPE_MISMATCH` naming both, unless the shapes are equal. */
export function requireSameShape(loss: string, name: string, got: Tensor, like: Tensor): void {
  if (String(got.shape) === String(like.shape)) return
  throw new LossError('SHAPE_MISMATCH', `${loss}: ${name} must be [${like.shape}], got [${got.shape}]`)
}

/** Sum over tokens, `[B]`. */
export const summed = ({ logprobs, mask }: Completions): Tensor =>
  mask === undefined ? logprobs : reduceSum(logprobs, { axis: 1 })

/** Tokens of each completion, `[B]`, at least 1. @throws LossError `MISSING_INPUT` for sums without lengths. */
export function lengthsOf(loss: string, { name, lengths }: Completions, needing: string): Tensor {
  if (lengths !== undefined) return maximum(lengths, 1)
  throw new LossError(
    'MISSING_INPUT',
    `${loss}: ${needing} the lengths of ${name}: expected [B, T] with a mask, or lengths beside [B], got [B] alone`,
  )
}

/**
 * The same completions, where each token past the length of the shorter of the two has the weight α (LD-DPO).
 * @throws LossError `MISSING_INPUT` for sums, because their tokens are not known.
 */
export function desensitised(
  loss: string,
  side: Completions,
  other: Completions,
  alpha: number,
): Completions {
  const { mask, logprobs, lengths, name } = side
  if (mask === undefined || other.lengths === undefined || lengths === undefined) {
    const got = `${mask === undefined ? name : other.name} as [B]`
    throw new LossError('MISSING_INPUT', `${loss}: lengthAlpha needs a number per token, got ${got}`)
  }
  const shared = minimum(lengths, other.lengths)
  const place = cumsum(cast(mask, logprobs.dtype), 1)
  const beyond = alpha === 0 ? 0 : mul(alpha, logprobs)
  const tail = where(lessEqual(place, expandDims(shared, 1)), logprobs, beyond)
  return { ...side, logprobs: tail }
}

/**
 * −log π of the tokens: their mean over each completion, `[B]`, or over all tokens of the batch, repeated for each
 * pair as in TRL's trainers. No tokens: 0.
 */
export function negativeLogLikelihood(
  loss: string,
  completions: Completions,
  over: 'sequence' | 'batch',
): Tensor {
  const lengths = lengthsOf(loss, completions, 'the log-likelihood needs')
  const total = neg(summed(completions))
  if (over === 'sequence') return div(total, lengths)
  const tokens = maximum(reduceSum(completions.lengths as Tensor), 1)
  return broadcastTo(div(reduceSum(total), tokens), total.shape)
}

/**
 * Losses, `[B]`, plus a weight times the negative log-likelihood of these completions; and its mean, 0 when the weight
 * is 0.
 */
export function withLikelihood(
  loss: string,
  losses: Tensor,
  completions: Completions,
  { weight, over }: { weight: number; over: 'sequence' | 'batch' },
): { losses: Tensor; nll: Tensor } {
  if (weight === 0) return { losses, nll: asTensor(0, losses.dtype) }
  const nll = negativeLogLikelihood(loss, completions, over)
  return { losses: add(losses, mul(weight, nll)), nll: mean(nll) }
}

/** The log-probabilities of both completions as given, 0 where masked, for `determined`. */
export const tokensOfPair = ([chosen, rejected]: readonly [Completions, Completions]) => ({
  chosenLogprobs: chosen.given,
  rejectedLogprobs: rejected.given,
})

/** Both completions of each pair. @throws LossError `SHAPE_MISMATCH`, `EMPTY`. */
export function preferencesOf(loss: string, inputs: PreferenceLogprobs): readonly [Completions, Completions] {
  const { chosenLogprobs, rejectedLogprobs } = floats(loss, {
    chosenLogprobs: inputs.chosenLogprobs,
    rejectedLogprobs: inputs.rejectedLogprobs,
  })
  const chosen = completionsOf(loss, 'chosenLogprobs', {
    logprobs: chosenLogprobs,
    mask: inputs.chosenMask,
    lengths: inputs.chosenLengths,
  })
  const rejected = completionsOf(loss, 'rejectedLogprobs', {
    logprobs: rejectedLogprobs,
    mask: inputs.rejectedMask,
    lengths: inputs.rejectedLengths,
  })
  requireSameShape(loss, 'rejectedLogprobs, summed,', summed(rejected), summed(chosen))
  return [chosen, rejected]
}

/** Mean over tokens, `[B]`, 0 without tokens. @throws LossError `MISSING_INPUT` for sums without lengths. */
export const averaged = (loss: string, side: Completions): Tensor =>
  div(summed(side), lengthsOf(loss, side, 'a mean over tokens needs'))

/** The names of {@link PreferenceLogprobs}. */
export const preferenceNames: OptionNames<PreferenceLogprobs> = {
  chosenLogprobs: REQUIRED,
  rejectedLogprobs: REQUIRED,
  chosenMask: true,
  rejectedMask: true,
  chosenLengths: true,
  rejectedLengths: true,
}

/** The names of {@link ReferencedLogprobs}. */
export const referencedNames: OptionNames<ReferencedLogprobs> = {
  ...preferenceNames,
  refChosenLogprobs: true,
  refRejectedLogprobs: true,
}
