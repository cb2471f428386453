import type { LoopPrompt } from '../../prompts/prompt'
import { goldenReward } from '../../rewards/golden-reward'
import type { RewardFunction } from '../../rewards/reward-function'
import { winProbabilityReward } from '../../rewards/win-probability-reward'
import type { RunConfig } from '../config/run-config'
import type { PolicyEvaluation } from '../evaluation/evaluate-policy'
import { streamSeed } from '../stream-seed'
import { openReward } from './rewards/open-rewards'
import type { RewardScope } from './rewards/reward-scope'

/** Of anchors and their reward model, where the run has both and does not learn from it anyway. */
async function winReward(
  { anchors, rewardModel }: RunConfig,
  learnt: readonly RewardFunction[],
  { pairwise }: RewardScope,
): Promise<RewardFunction[]> {
  const name = 'winProbability'
  if (!anchors || !rewardModel || learnt.some((reward) => reward.name === name)) return []
  return [{ ...winProbabilityReward({ name, scorer: await pairwise() }), weight: 0 }]
}

/**
 * What a run's policy is evaluated on: held-out prompts, by the rewards that it learns from, the win probability against its anchors, and
 * the golden reward. Undefined where no prompt is held out.
 * @param learnt the policy's own rewards.
 */
export async function evaluationOf(
  config: RunConfig,
  heldOut: readonly LoopPrompt[],
  learnt: readonly RewardFunction[],
  scope: RewardScope,
): Promise<PolicyEvaluation | undefined> {
  const { evaluation, sampling } = config
  const prompts = heldOut.slice(0, evaluation.prompts)
  if (prompts.length === 0) return undefined
  const golden = evaluation.golden
    ? [goldenReward(await openReward(evaluation.golden, scope, ['evaluation', 'golden']))]
    : []
  const rewards = [...learnt, ...(await winReward(config, learnt, scope)), ...golden]
  if (rewards.length === 0) return undefined
  const { samplesPerPrompt } = evaluation
  return { prompts, rewards, samplesPerPrompt, sampling, seed: streamSeed(config, 'evaluation') }
}
