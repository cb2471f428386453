import { completionDatum, type Datum, type PolicyBackend } from '@prefkit/lm'
import type { NashMdLossOptions } from '@prefkit/losses'
import { PrefkitError } from '../../prefkit-error'
import { requireRewards } from '../rewards/score-rollouts'
import { besideReference } from '../rollouts/beside-reference'
import { policyRollouts } from '../rollouts/policy-rollouts'
import { type NashMdInputs, nashMdUpdateLoss } from '../updates/nash-md-update-loss'
import type { Algorithm } from './algorithm'
import { type ComparingOptions, comparingSteps } from './comparing-steps'
import { type Contest, contestMetrics, contestsOf } from './contests'
import { requireLoop } from './require-loop'

/** How rewards of two responses say which is better. */
export type RewardsAre = 'scores' | 'probabilities'

/** Options of {@link nashMd}. */
export interface NashMdOptions extends ComparingOptions {
  /** How much of the reference is in the mixture that the policy plays against, in [0, 1]. Default: 0.5. */
  readonly mixture?: number
  /**
   * What rewards are. `scores` r, of which σ(r − r′) is how probably the response is the better one; or `probabilities` of just that, with
   * those of the other response summing to 1, as `winRateReward` gives them. Default: `scores`, as in TRL.
   */
  readonly rewardsAre?: RewardsAre
  /** β and the convention: see `nashMdLoss` of `@prefkit/losses`. Default: its own. */
  readonly loss?: NashMdLossOptions
}

/** By how much two probabilities may miss 1, by the rounding of sums. */
const rounding = 1e-6

/** How probably the policy's response beats the other. */
const preferences: Readonly<Record<RewardsAre, (contest: Contest) => number>> = {
  scores: ({ own, other }) => 1 / (1 + Math.exp(other.reward - own.reward)),
  probabilities: ({ own, other }) => {
    const [p, q] = [own.reward, other.reward]
    if (p >= 0 && q >= 0 && Math.abs(p + q - 1) <= rounding) return Math.min(p, 1)
    const got = `got ${p} and ${q} for two responses to prompt ${own.prompt.id}`
    const expected =
      "expected probabilities that sum to 1, as winRateReward alone gives: take 'scores' for others"
    throw new PrefkitError('BAD_REWARD', `nashMd: rewardsAre: ${expected}; ${got}`)
  },
}

function requirePreferences(rewardsAre: RewardsAre): (contest: Contest) => number {
  if (Object.hasOwn(preferences, rewardsAre)) return preferences[rewardsAre]
  const problem = `expected 'scores' or 'probabilities', got ${JSON.stringify(rewardsAre)}`
  throw new PrefkitError('INVALID_CONFIG', `nashMd: rewardsAre: ${problem}`)
}

/** Rows of the policy's responses, with what the loss needs beside log π. */
async function rowsOf(
  policy: Pick<PolicyBackend, 'forward'>,
  contests: readonly Contest[],
  preferenceOf: (contest: Contest) => number,
  temperature: number | undefined,
): Promise<Datum[]> {
  if (contests.length === 0) return []
  const rows = contests.map(({ own }) => completionDatum(own.prompt.tokens, own.tokens))
  const reference = await policy.forward(rows, { reference: true, ...(temperature && { temperature }) })
  return rows.map((row, i): Datum => {
    const { logProbs: refLogprobs } = reference[i]!
    const inputs: NashMdInputs = { refLogprobs, preference: preferenceOf(contests[i]!) }
    return { ...row, inputs: { ...inputs } }
  })
}

/**
 * Nash mirror descent (2312.00886, Nash-MD-PG): the policy learns to beat a mixture of itself and its reference, which is the policy as
 * it was before it trained. Each step draws to each of its prompts a response of the policy and one of π^(1−w)·π_ref^w, and makes one
 * update by the gradient of how probably the first is preferred to the second, held near the reference by β·KL(π ‖ π_ref). Unlike
 * a reward, a preference may go in circles: what is learnt then is what nothing beats.
 *
 * ```ts
 * const [rewards, rewardsAre] = [[winRateReward({ scorer })], 'probabilities'] as const
 * const nash = nashMd({ policy, prompts, rewards, rewardsAre, promptsPerStep: 8, steps: 100, learningRate: 1e-5 })
 * for await (const { metrics } of nash) log(metrics['rewards/probabilities'])
 * ```
 *
 * It is what TRL's `NashMDTrainer` does, with `mixture` for its `mixture_coef`; but log-probabilities are those at the temperature of
 * `sampling`, without which the gradient were that of another policy than the one that drew. Its penalty is TRL's with the convention
 * `trl` of the loss. Filters of `sampling` are not corrected.
 *
 * It logs under TRL's names: of the policy's responses their rewards and lengths; `rewards/chosen` and `rewards/rejected`, the mean
 * rewards of the policy's and the mixture's responses; `loss`, `grad_norm`, `learning_rate`, and what `nashMdLoss` has, such as
 * `rewards/probabilities` and `loss/kl`, which is `objective/kl`, too.
 * @throws PrefkitError `INVALID_CONFIG`, also for a source that has no reference to draw from; `BAD_REWARD` for rewards that are no
 *   probabilities where they are to be; LossError `INVALID_OPTION`; what the policy and the reward functions throw.
 */
export async function* nashMd(options: NashMdOptions): Algorithm {
  const { policy, rewards, mixture = 0.5, rewardsAre = 'scores', rollouts = policyRollouts(policy) } = options
  requireRewards(rewards)
  requireLoop('nashMd', options, { mixture })
  const preferenceOf = requirePreferences(rewardsAre)
  const temperature = options.sampling?.temperature
  yield* comparingSteps({
    ...{ ...options, source: besideReference(rollouts, mixture), samplesPerPrompt: 1 },
    ...{ update: nashMdUpdateLoss(options.loss), temperature },
    ownOf: (group) => group.slice(0, 1),
    metricsOf: (groups) =>
      contestMetrics(contestsOf(groups), { own: 'rewards/chosen', other: 'rewards/rejected' }),
    dataOf: (groups) => rowsOf(policy, contestsOf(groups), preferenceOf, temperature),
  })
}
