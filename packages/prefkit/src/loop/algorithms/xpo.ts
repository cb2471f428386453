import type { XpoLossOptions } from '@prefkit/losses'
import { xpoPairLoss } from '../choices/preference-losses'
import { requireRewards } from '../rewards/score-rollouts'
import { besideReference } from '../rollouts/beside-reference'
import { policyRollouts } from '../rollouts/policy-rollouts'
import { preferenceUpdateLoss } from '../updates/preference-update-loss'
import type { Algorithm } from './algorithm'
import { type ComparingOptions, comparingSteps } from './comparing-steps'
import { type Contest, contestMetrics, contestsOf } from './contests'
import { type AlignmentPair, pairBatch } from './preferences-batch'
import { requireLoop } from './require-loop'

/** Options of {@link xpo}. */
export interface XpoOptions extends ComparingOptions {
  /** β, α and the loss of the pair: see `xpoLoss` of `@prefkit/losses`. Default: its own. */
  readonly loss?: XpoLossOptions
}

/** The better response as the chosen one; no pair of equals, as they say nothing of each other. */
function pairsOf({ own, other }: Contest): AlignmentPair[] {
  if (own.reward === other.reward) return []
  const policyChosen = own.reward > other.reward
  const [chosen, rejected] = policyChosen ? [own, other] : [other, own]
  return [{ prompt: own.prompt, chosen, rejected, policyChosen }]
}

/**
 * Exploratory preference optimisation (2405.21046): each step draws to each of its prompts a response of the policy and one of the
 * reference, which is the policy as it was before it trained, and learns by one update from the two as a pair: DPO's loss, plus
 * α·log π of the reference's response, which moves probability away from what was likely at first.
 *
 * ```ts
 * const rewards = [winRateReward({ scorer })]
 * for await (const { metrics } of xpo({ policy, prompts, rewards, promptsPerStep: 8, steps: 100, learningRate: 1e-5 })) log(metrics)
 * ```
 *
 * It learns what TRL's `XPOTrainer` does, but from two responses of equal reward, which TRL takes for a win of the policy's.
 *
 * It logs under TRL's names: of the policy's responses their rewards and lengths; `objective/model_scores`, `objective/ref_scores` and
 * `objective/scores_margin`, the mean rewards of both sides; `frac_reward_zero_std`, the share of prompts that make no pair; `loss`,
 * `grad_norm`, `learning_rate`, and what `xpoLoss` has, such as `loss/xpo` and `objective/kl`, which is over both responses, so that it
 * may be below 0; and `kl`, the mean log π/π_ref of a token of the policy's own. Of a step without pairs neither `loss` nor what goes
 * with it.
 * @throws PrefkitError `INVALID_CONFIG`, also for a source that has no reference to draw from; LossError `INVALID_OPTION`; what the
 *   policy and the reward functions throw.
 */
export async function* xpo(options: XpoOptions): Algorithm {
  const { policy, rewards, rollouts = policyRollouts(policy) } = options
  requireRewards(rewards)
  requireLoop('xpo', options)
  const loss = xpoPairLoss(options.loss)
  yield* comparingSteps({
    ...{ ...options, source: besideReference(rollouts, 1), samplesPerPrompt: 1 },
    ...{ update: preferenceUpdateLoss(loss), groupSize: 2 },
    ownOf: (group) => group.slice(0, 1),
    metricsOf: (groups) => contestMetrics(contestsOf(groups), scoreNames),
    dataOf: (groups) => pairBatch(policy, loss, contestsOf(groups).flatMap(pairsOf)),
  })
}

const scoreNames = {
  ...{ own: 'objective/model_scores', other: 'objective/ref_scores' },
  margin: 'objective/scores_margin',
}
