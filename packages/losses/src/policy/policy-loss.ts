import { mul, type Tensor } from '@prefkit/tensor'
import { settled } from '../determined'
import type { TokenLoss } from '../tokens'
import type { PolicyTokens } from './policy-inputs'

/** The surrogate times the weights of its tokens, if there are any. */
export const weighted = (surrogate: Tensor, { weights }: Pick<PolicyTokens, 'weights'>): Tensor =>
  weights === undefined ? surrogate : mul(weights, surrogate)

/**
 * What a policy loss returns: its surrogate, `[B, T]` and 0 where masked, times the weights, with its metrics.
 * @throws LossError `INDETERMINATE` where infinite inputs meet, in a loss or in a metric.
 */
export const policyLoss = <Metric extends string>(
  name: string,
  tokens: PolicyTokens,
  surrogate: Tensor,
  metrics: Readonly<Record<Metric, Tensor>>,
): TokenLoss<Metric> => policyOutcome(name, tokens, weighted(surrogate, tokens), metrics)

/**
 * The same of losses that include the weights already; `others` are inputs that not every policy loss has.
 * @throws LossError `INDETERMINATE` where infinite inputs meet, in a loss or in a metric.
 */
export function policyOutcome<Metric extends string>(
  name: string,
  { logprobs, oldLogprobs, advantages, weights }: PolicyTokens,
  losses: Tensor,
  metrics: Readonly<Record<Metric, Tensor>>,
  others: Readonly<Record<string, Tensor | undefined>> = {},
): TokenLoss<Metric> {
  return settled(name, { losses, metrics }, { logprobs, oldLogprobs, advantages, weights, ...others })
}
