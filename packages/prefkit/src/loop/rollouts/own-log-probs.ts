import type { Rollout, Sampling } from './rollout'

/**
 * What the policy that drew responses says of their tokens at the temperature that they were drawn at: known unless filters were between,
 * as they change probabilities too.
 */
export function ownLogProbs(
  rollouts: readonly Rollout[],
  { temperature = 1, topK = 0, topP = 1 }: Sampling,
): readonly Float32Array[] | undefined {
  if (topK !== 0 || topP !== 1) return undefined
  return rollouts.map(({ logProbs, samplingLogProbs }) => (temperature === 1 ? logProbs : samplingLogProbs))
}
