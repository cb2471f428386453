import { PrefkitError } from '../../prefkit-error'
import { requireSome } from '../prompts/require-counts'
import { mean } from '../rewards/numbers'
import type { PairwiseScorer, ScoringRun } from '../rewards/scorers'
import { winProbabilityReward } from '../rewards/win-probability-reward'
import type { Rollout } from '../rollouts/rollout'

/**
 * The mean probability that responses beat the anchors of their prompts, in both orders: 0.5 for a policy as good as
 * what its anchors come from. Of those responses that the scorer has an answer for.
 * @throws PrefkitError `INVALID_CONFIG` for no responses, or a prompt without anchors; `BAD_REWARD`, also where there is no answer at all.
 */
export async function winRateAgainst(
  scorer: PairwiseScorer,
  rollouts: readonly Rollout[],
  { signal }: ScoringRun = {},
): Promise<number> {
  requireSome('winRateAgainst', 'rollouts', rollouts)
  const { scores } = await winProbabilityReward({ scorer }).score(rollouts, signal ? { signal } : {})
  const answered = scores.filter((score) => !Number.isNaN(score))
  if (answered.length > 0) return mean(answered)
  const problem = `expected an answer for one of ${rollouts.length} responses at least, got none`
  throw new PrefkitError('BAD_REWARD', `winRateAgainst: scorer: ${problem}`)
}
