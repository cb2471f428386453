import {
  cast,
  div,
  logicalNot,
  maximum,
  reduceSum,
  sub,
  type Tensor,
  type TensorLike,
  where,
  zerosLike,
} from '@prefkit/tensor'
import { alike, maskOf } from '../batch'
import { completionsOf, requireSameShape, summed } from './completions'

/** Completions that were each judged on their own. */
export interface UnpairedLogprobs {
  /** log π of the completion: `[B, T]`, a number a token, or `[B]`, summed. */
  logprobs: TensorLike
  /** The same under the reference policy. Without it, log 1: reference-free. */
  refLogprobs?: TensorLike
  /** `[B]`: 1 for completions that are desirable, 0 for the others. */
  desirable: TensorLike
  /** `[B, T]`, 1 for the tokens of the completion. Default: all of them. */
  mask?: TensorLike
}

/** What TRL's unpaired trainers log; a mean over no completions is 0. */
export type UnpairedMetric =
  | 'rewards/chosen'
  | 'rewards/rejected'
  | 'rewards/margins'
  | 'logps/chosen'
  | 'logps/rejected'

/** Sums of the log-probabilities, their log-ratios, and the labels as booleans, `[B]` each. */
export function unpairedOf(
  loss: string,
  { desirable, mask, ...inputs }: UnpairedLogprobs,
): Record<'logprobs' | 'ratios' | 'desirable' | 'refLogprobs', Tensor> {
  const { logprobs, refLogprobs } = alike({ logprobs: inputs.logprobs, refLogprobs: inputs.refLogprobs })
  const policy = completionsOf(loss, 'logprobs', { logprobs: logprobs as Tensor, mask })
  const sums = summed(policy)
  const reference =
    refLogprobs === undefined ? policy : completionsOf(loss, 'refLogprobs', { logprobs: refLogprobs, mask })
  requireSameShape(loss, 'refLogprobs', reference.logprobs, policy.logprobs)
  const refSums = refLogprobs === undefined ? zerosLike(sums) : summed(reference)
  return {
    logprobs: sums,
    refLogprobs: refSums,
    ratios: sub(sums, refSums),
    desirable: maskOf(loss, 'desirable', desirable, sums),
  }
}

/** The metrics of rewards and log-probabilities, `[B]` each. */
export function unpairedMetrics(
  rewards: Tensor,
  logprobs: Tensor,
  desirable: Tensor,
): Record<UnpairedMetric, Tensor> {
  const rest = logicalNot(desirable)
  const [chosen, rejected] = [meanOf(rewards, desirable), meanOf(rewards, rest)]
  return {
    'rewards/chosen': chosen,
    'rewards/rejected': rejected,
    'rewards/margins': sub(chosen, rejected),
    'logps/chosen': meanOf(logprobs, desirable),
    'logps/rejected': meanOf(logprobs, rest),
  }
}

const meanOf = (x: Tensor, kept: Tensor): Tensor =>
  div(reduceSum(where(kept, x, 0)), maximum(reduceSum(cast(kept, x.dtype)), 1))
