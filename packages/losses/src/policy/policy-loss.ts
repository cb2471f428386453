import { mul, type Tensor } from '@prefkit/tensor'
import { determined } from '../determined'
import type { TokenLoss } from '../tokens'
import type { PolicyTokens } from './policy-inputs'

/** The surrogate by the weights of its tokens, if there are any. */
export const weighted = (surrogate: Tensor, { weights }: Pick<PolicyTokens, 'weights'>): Tensor =>
  weights === undefined ? surrogate : mul(weights, surrogate)

/**
 * What a policy loss returns: its surrogate, `[B, T]` and 0 where masked, by the weights, with its metrics.
 * @throws LossError `INDETERMINATE` where infinite inputs meet.
 */
export const policyLoss = <Metric extends string>(
  name: string,
  tokens: PolicyTokens,
  surrogate: Tensor,
  metrics: Readonly<Record<Metric, Tensor>>,
): TokenLoss<Metric> => policyOutcome(name, tokens, weighted(surrogate, tokens), metrics)

/** The same of losses in which the weights are already. @throws LossError `INDETERMINATE` where infinite inputs meet. */
export function policyOutcome<Metric extends string>(
  name: string,
  { logprobs, oldLogprobs, advantages, weights }: PolicyTokens,
  losses: Tensor,
  metrics: Readonly<Record<Metric, Tensor>>,
): TokenLoss<Metric> {
  return { losses: determined(name, losses, { logprobs, oldLogprobs, advantages, weights }), metrics }
}
