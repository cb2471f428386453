import { type PreferenceLoss, preferenceLossOf } from '../choices/preference-losses'
import type { ScoredRollout } from '../rewards/reward-function'
import { requireRewards } from '../rewards/score-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import { preferenceUpdateLoss } from '../updates/preference-update-loss'
import type { Algorithm } from './algorithm'
import { type ComparingOptions, comparingSteps } from './comparing-steps'
import { type AlignmentPair, pairBatch, requirePairedLoss } from './preferences-batch'
import { requireLoop } from './require-loop'

/** Options of {@link onlinePreferences}. */
export interface OnlinePreferencesOptions extends ComparingOptions {
  /** One of pairs. Default: `dpoLoss`. IPO online is its `ipo` with `convention: 'openrlhf'`. */
  readonly loss?: PreferenceLoss
  /** Responses of each prompt, at least 2: the best and the worst are learnt from. Default: 2. */
  readonly samplesPerPrompt?: number
}

/** The best response of a group, and the worst; none where all are equally good, as they say nothing of each other. */
interface Extremes {
  readonly best: ScoredRollout
  readonly worst: ScoredRollout
}

/** Of equals the first is taken, and none that has no reward. */
function extremesOf(all: readonly ScoredRollout[]): Extremes[] {
  const group = all.filter(({ reward }) => !Number.isNaN(reward))
  if (group.length === 0) return []
  const best = group.reduce((most, each) => (each.reward > most.reward ? each : most))
  const worst = group.reduce((least, each) => (each.reward < least.reward ? each : least))
  return best.reward > worst.reward ? [{ best, worst }] : []
}

const pairOf = ({ best, worst }: Extremes): AlignmentPair => ({
  ...{ prompt: best.prompt, chosen: best, rejected: worst },
  rewardMargin: best.reward - worst.reward,
})

/**
 * Online direct alignment (2402.04792): each step draws responses to each of its prompts, and learns from the best and the worst of
 * each as a pair, by one update. With the defaults it is online DPO; other losses of pairs make it IPO, SimPO, REBEL and others. The
 * reference is the policy as it was before it trained; REBEL's is the policy that drew.
 *
 * It logs, under TRL's names, rewards and lengths of the responses, `frac_reward_zero_std` (the share of prompts that make no pair, as
 * all their rewards are equal), `loss`, `grad_norm`, `learning_rate`, and what the loss has, such as `rewards/margins`; of a step
 * without pairs neither `loss` nor what goes with it.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy and the reward functions throw.
 */
export async function* onlinePreferences(options: OnlinePreferencesOptions): Algorithm {
  const { policy, rewards, samplesPerPrompt = 2, rollouts: source = policyRollouts(policy) } = options
  requireRewards(rewards)
  requireLoop('onlinePreferences', options, { comparedSamples: samplesPerPrompt })
  const given = options.loss ?? preferenceLossOf({ name: 'dpoLoss' })
  const loss = requirePairedLoss('onlinePreferences', given)
  yield* comparingSteps({
    ...{ ...options, source, samplesPerPrompt },
    ...{ update: preferenceUpdateLoss(loss), groupSize: loss.comparesBatch ? 'batch' : 2 },
    async dataOf(groups) {
      const extremes = groups.flatMap(extremesOf)
      // Other engines' log-probabilities are not the policy's.
      const logProbs = source.isPolicy
        ? extremes.flatMap(({ best, worst }) => [best.logProbs, worst.logProbs])
        : undefined
      return pairBatch(policy, loss, extremes.map(pairOf), { logProbs })
    },
  })
}
