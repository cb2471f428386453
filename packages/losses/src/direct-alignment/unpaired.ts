import { logicalNot, type OptionNames, sub, type Tensor, type TensorLike, zerosLike } from '@prefkit/tensor'
import { alike, maskOf } from '../batch'
import { REQUIRED } from '../loss-error'
import { maskedMean } from '../tokens'
import { completionsOf, requireSameShape, summed } from './completions'

/** Completions that were judged one by one. */
export interface UnpairedLogprobs {
  /** log π of the completion: `[B, T]`, a number per token, or `[B]`, summed. */
  logprobs: TensorLike
  /** The same under the reference policy. Without it, log 1: reference-free. */
  refLogprobs?: TensorLike
  /** `[B]`: 1 for completions that are desirable, 0 for the others. */
  desirable: TensorLike
  /** `[B, T]`, 1 for the tokens of the completion. Default: all of them. */
  mask?: TensorLike
}

/** The names of {@link UnpairedLogprobs}. */
export const unpairedNames: OptionNames<UnpairedLogprobs> = {
  logprobs: REQUIRED,
  refLogprobs: true,
  desirable: REQUIRED,
  mask: true,
}

/** The metrics that TRL's unpaired trainers log; a mean over no completions is 0. */
export type UnpairedMetric =
  | 'rewards/chosen'
  | 'rewards/rejected'
  | 'rewards/margins'
  | 'logps/chosen'
  | 'logps/rejected'

/** Log-probabilities of completions and of the reference policy. */
export interface LogRatios {
  /** Sums of the log-probabilities, `[B]`. */
  readonly logprobs: Tensor
  /** Sums of the log-ratios, `[B]`. */
  readonly ratios: Tensor
  /** The log-probabilities as given, 0 where masked, for `determined`. */
  readonly tokens: Readonly<Record<'logprobs' | 'refLogprobs', Tensor>>
}

/** Sums of the log-probabilities and their log-ratios, `[B]` each. */
export function logRatiosOf(
  loss: string,
  { mask, ...inputs }: Omit<UnpairedLogprobs, 'desirable'>,
): LogRatios {
  const numbers = { logprobs: inputs.logprobs, refLogprobs: inputs.refLogprobs }
  const { logprobs, refLogprobs } = alike(numbers, loss)
  const policy = completionsOf(loss, 'logprobs', { logprobs: logprobs as Tensor, mask })
  const sums = summed(policy)
  const reference =
    refLogprobs === undefined ? policy : completionsOf(loss, 'refLogprobs', { logprobs: refLogprobs, mask })
  requireSameShape(loss, 'refLogprobs', reference.logprobs, policy.logprobs)
  const refSums = refLogprobs === undefined ? zerosLike(sums) : summed(reference)
  const tokens = { logprobs: policy.logprobs, refLogprobs: reference.logprobs }
  return { logprobs: sums, ratios: sub(sums, refSums), tokens }
}

/** The same with the labels as booleans. */
export function unpairedOf(
  loss: string,
  { desirable, ...inputs }: UnpairedLogprobs,
): LogRatios & { readonly desirable: Tensor } {
  const sums = logRatiosOf(loss, inputs)
  return { ...sums, desirable: maskOf(loss, 'desirable', desirable, sums.logprobs) }
}

/** The metrics of rewards and log-probabilities, `[B]` each. */
export function unpairedMetrics(
  rewards: Tensor,
  logprobs: Tensor,
  desirable: Tensor,
): Record<UnpairedMetric, Tensor> {
  const rest = logicalNot(desirable)
  const [chosen, rejected] = [maskedMean(rewards, desirable), maskedMean(rewards, rest)]
  return {
    'rewards/chosen': chosen,
    'rewards/rejected': rejected,
    'rewards/margins': sub(chosen, rejected),
    'logps/chosen': maskedMean(logprobs, desirable),
    'logps/rejected': maskedMean(logprobs, rest),
  }
}
