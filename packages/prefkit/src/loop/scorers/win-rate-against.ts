import { requireSome } from '../prompts/require-counts'
import type { PairwiseScorer, ScoringRun } from '../rewards/scorers'
import { winProbabilityReward } from '../rewards/win-probability-reward'
import type { Rollout } from '../rollouts/rollout'

/**
 * The mean probability that responses beat the anchors of their prompts, in both orders: 0.5 for a policy as good as
 * what its anchors come from.
 * @throws PrefkitError `INVALID_CONFIG` for no responses, or a prompt without anchors; `BAD_REWARD`.
 */
export async function winRateAgainst(
  scorer: PairwiseScorer,
  rollouts: readonly Rollout[],
  { signal }: ScoringRun = {},
): Promise<number> {
  requireSome('winRateAgainst', 'rollouts', rollouts)
  const { scores } = await winProbabilityReward({ scorer }).score(rollouts, signal ? { signal } : {})
  return Array.from(scores).reduce((sum, score) => sum + score, 0) / rollouts.length
}
