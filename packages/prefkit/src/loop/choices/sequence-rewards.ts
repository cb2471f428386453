import { sequenceKlPenalizedRewards } from '@prefkit/advantages'
import type { AdvantageInputs } from './advantage-estimator'

/** The rewards of rollouts, less β·Σ(log π_old − log π_ref) over their tokens where there is a penalty. */
export function sequenceRewards({ rollouts, klWeight = 0, ...logProbs }: AdvantageInputs): Float64Array {
  const rewards = Float64Array.from(rollouts, ({ reward }) => reward)
  const { oldLogProbs: logprobs, refLogProbs: refLogprobs } = logProbs
  if (klWeight === 0 || !logprobs || !refLogprobs) return rewards
  return sequenceKlPenalizedRewards({ rewards, logprobs, refLogprobs }, { klWeight }).rewards
}
