import type { Rollout, Sampling } from './rollout'

/** Whether tokens are drawn from a part of them alone. */
export const isFiltered = ({ topK = 0, topP = 1 }: Sampling): boolean => topK !== 0 || topP !== 1

/**
 * What the policy that drew responses says of their tokens at the temperature that they were drawn at, before filters: known at
 * temperature 1, and at others unless filters were between, as they change probabilities too.
 */
export function ownLogProbs(
  rollouts: readonly Rollout[],
  sampling: Sampling,
): readonly Float32Array[] | undefined {
  if ((sampling.temperature ?? 1) === 1) return rollouts.map(({ logProbs }) => logProbs)
  return isFiltered(sampling) ? undefined : rollouts.map(({ samplingLogProbs }) => samplingLogProbs)
}
