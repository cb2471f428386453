import {
  completionDatum,
  type Datum,
  type DatumOutputs,
  type PolicyBackend,
  type TemperatureOptions,
} from '@prefkit/lm'
import type { LoopPrompt } from '../../prompts/prompt'
import { asEvaluated } from '../../rewards/metric-names'
import type { RewardFunction, ScoredRollout } from '../../rewards/reward-function'
import { completionMetrics } from '../../rollouts/completion-metrics'
import { ownLogProbs } from '../../rollouts/own-log-probs'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import type { Sampling } from '../../rollouts/rollout'
import type { StepMetrics } from '../../step-record'
import type { HeldOutRollout } from '../driver/stage'
import { scoreHeldOut } from './score-held-out'

/** A model that says how probable responses were before anything was learnt. */
export type Reference = (
  data: readonly Datum[],
  options: TemperatureOptions,
) => Promise<readonly DatumOutputs[]>

/** What a policy is evaluated on. */
export interface PolicyEvaluation {
  readonly prompts: readonly LoopPrompt[]
  readonly rewards: readonly RewardFunction[]
  readonly samplesPerPrompt: number
  readonly sampling: Sampling
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/** What it came to. */
export interface PolicyEvaluated {
  /** `eval_…`. */
  readonly metrics: StepMetrics
  readonly rollouts: readonly HeldOutRollout[]
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)

/**
 * Σ ln π − ln π_ref over the tokens of each response, at the temperature that they were drawn at: their mean is an estimate of the
 * divergence from the reference.
 */
async function divergences(
  policy: Pick<PolicyBackend, 'forward'>,
  reference: Reference,
  rollouts: readonly ScoredRollout[],
  sampling: Sampling,
): Promise<number[]> {
  const data = rollouts.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const { temperature = 1 } = sampling
  const asked = async () => (await policy.forward(data, { temperature })).map(({ logProbs }) => logProbs)
  const own = ownLogProbs(rollouts, sampling) ?? (await asked())
  const before = await reference(data, { temperature })
  return own.map((logProbs, i) => sum(logProbs) - sum(before[i]!.logProbs))
}

/**
 * Draws responses to prompts that nothing is learnt from, the same random numbers each time, and scores them: `eval_reward`,
 * `eval_rewards/<name>/mean`, lengths, and `eval_kl`, the divergence of a response from the reference, summed over its tokens. Where all
 * rewards have the weight 0, as nothing is learnt from any, there is no `eval_reward`.
 * @param reference default: the policy as it was when it was opened.
 */
export async function evaluatePolicy(
  policy: Pick<PolicyBackend, 'sample' | 'forward'>,
  { prompts, rewards, samplesPerPrompt: n, sampling, seed, signal }: PolicyEvaluation,
  reference: Reference = (data, options) => policy.forward(data, { reference: true, ...options }),
): Promise<PolicyEvaluated> {
  const drawn = await policyRollouts(policy).draw({ prompts, n, sampling, seed, signal })
  const { rollouts, metrics } = await scoreHeldOut(rewards, drawn, signal)
  const gaps = await divergences(policy, reference, rollouts, sampling)
  const all = {
    ...metrics,
    ...completionMetrics(rollouts),
    kl: gaps.reduce((total, gap) => total + gap, 0) / gaps.length,
  }
  return { metrics: asEvaluated(all), rollouts: rollouts.map((rollout, i) => ({ ...rollout, kl: gaps[i]! })) }
}
