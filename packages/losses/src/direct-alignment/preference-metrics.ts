import { cast, greater, mean, mul, sub, type Tensor } from '@prefkit/tensor'

/** The metrics that TRL's preference trainers log of rewards. */
export type ImplicitRewardMetric =
  | 'rewards/chosen'
  | 'rewards/rejected'
  | 'rewards/accuracies'
  | 'rewards/margins'

/** The metrics that they log of rewards and log-probabilities. */
export type PreferenceMetric = ImplicitRewardMetric | 'logps/chosen' | 'logps/rejected'

/** Means over the batch of rewards, `[B]` each; `rewards/accuracies` is the share of r_c > r_r. */
export const implicitRewardMetrics = (
  chosen: Tensor,
  rejected: Tensor,
): Record<ImplicitRewardMetric, Tensor> => ({
  'rewards/chosen': mean(chosen),
  'rewards/rejected': mean(rejected),
  'rewards/accuracies': mean(cast(greater(chosen, rejected), chosen.dtype)),
  'rewards/margins': mean(sub(chosen, rejected)),
})

/** Means over the batch of rewards and log-probabilities, `[B]` each. */
export const preferenceMetrics = (
  rewards: readonly [chosen: Tensor, rejected: Tensor],
  logprobs: readonly [chosen: Tensor, rejected: Tensor],
): Record<PreferenceMetric, Tensor> => ({
  ...implicitRewardMetrics(...rewards),
  'logps/chosen': mean(logprobs[0]),
  'logps/rejected': mean(logprobs[1]),
})

/** The same of losses without a reference policy, whose rewards are β times the log-probabilities, `[B]` each. */
export const scaledMetrics = (
  beta: number,
  logprobs: readonly [chosen: Tensor, rejected: Tensor],
): Record<PreferenceMetric, Tensor> =>
  preferenceMetrics([mul(beta, logprobs[0]), mul(beta, logprobs[1])], logprobs)
