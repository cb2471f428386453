import {
  type KlController,
  type KlEstimator,
  missingEosRewards,
  nextKlCoefficient,
  type WhiteningConvention,
} from '@prefkit/advantages'
import { completionDatum, type Datum, type PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from '../prompts/prompt'
import type { RewardFunction, ScoredRollout } from '../rewards/reward-function'
import { requireRewards, scoreRollouts } from '../rewards/score-rollouts'
import { collectRollouts, stepSeed } from '../rollouts/collect-rollouts'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import { type RolloutCorrectionOptions, trustRollouts } from '../rollouts/trust-rollouts'
import type { StepMetrics } from '../step-record'
import { type PolicyDatumInputs, type PolicyLoss, policyUpdateLoss } from '../updates/policy-update-loss'
import { tokenDraws } from '../updates/token-draws'
import type { TokenReduction } from '../updates/token-reductions'
import { updateModel } from '../updates/update-model'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import { type CriticPrompt, promptAlone } from './ppo-critic-prompts'
import { clippedSurrogate, valueUpdateLoss, withEntropy } from './ppo-losses'
import { type PpoTargets, ppoTargets } from './ppo-targets'
import { requireLoop, requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link ppo}. Its defaults are TRL's, but for β, which is that of 2504.04950. */
export interface PpoOptions extends AlgorithmOptions {
  /** What learns to respond. */
  readonly policy: PolicyBackend
  /** Has a value head, and learns what the policy's states are worth. */
  readonly critic: PolicyBackend
  /** What is responded to, in an order that the seed decides. */
  readonly prompts: readonly LoopPrompt[]
  /** What the policy learns from: with the win probability against anchors this is pairwise PPO. */
  readonly rewards: readonly RewardFunction[]
  /**
   * What the critic learns from in their place. For Value without ground truth, whose critic cannot see what a response is compared
   * with: the pointwise score that was distilled from the judge, as σ(s(q, y) − s(q, y*)), so that it has the scale of the rewards
   * that advantages are made of. Default: `rewards`.
   */
  readonly valueRewards?: readonly RewardFunction[]
  /** What the critic reads before a response: the prompt, or {@link valueWithAnchor}. Default: `promptAlone`. */
  readonly criticPrompt?: CriticPrompt
  /** The critic's step size, or that of each step. Default: that of the policy. */
  readonly criticLearningRate?: AlgorithmOptions['learningRate']
  /** Where responses come from. Default: the policy. */
  readonly rollouts?: RolloutSource
  /** Against other engines' rollouts, of which TRL's PPO knows none. Default: the ratio of each token truncated at 3. */
  readonly correction?: RolloutCorrectionOptions
  /** Default: `ppoLoss`, clipped at 0.2. */
  readonly loss?: PolicyLoss
  /** Default: `token-mean`. */
  readonly reduction?: TokenReduction
  /** How far a value may move from what it was when the response was drawn, with a gradient; false for any. Default: 0.2. */
  readonly valueClip?: number | false
  /** Of the critic's loss, ≥ 0. Default: 0.1. */
  readonly valueCoefficient?: number
  /** β ≥ 0: weight of the divergence from the reference, taken off the reward of each token. Default: 0.001. */
  readonly klWeight?: number
  /** How the divergence is estimated at each token. Default: `k1`. */
  readonly klEstimator?: KlEstimator
  /** Changes β from step to step, by the divergence of a response. Default: β stays. */
  readonly klController?: KlController
  /** True to log the divergence from the reference also where β is 0 and stays so: a pass more. Default: false. */
  readonly measureKl?: boolean
  /** γ in [0, 1]: discount of rewards. Default: 1. */
  readonly gamma?: number
  /** λ in [0, 1] of GAE. Default: 0.95. */
  readonly lambda?: number
  /** Advantages of a step to mean 0 and deviation 1: whose way, or false. Default: `trl`. */
  readonly whitenAdvantages?: WhiteningConvention | false
  /** Rewards of a step's tokens to deviation 1 around their mean: whose way, or false. Default: false. */
  readonly whitenRewards?: WhiteningConvention | false
  /** Taken off the score of a response that was cut off, ≥ 0. Default: 0. */
  readonly missingEosPenalty?: number
  /** False not to log `policy/entropy_avg`, which takes a pass over the vocabulary for each token learnt from. Default: true. */
  readonly measureEntropy?: boolean
  /** Prompts of a step. */
  readonly promptsPerStep: number
  /** Responses of each prompt. Default: 1. */
  readonly samplesPerPrompt?: number
  /** How responses are drawn. */
  readonly sampling?: Sampling
  /** Passes over the responses of a step. Default: 4. */
  readonly epochs?: number
  /** Updates of a pass. Default: 1. */
  readonly minibatches?: number
}

const defaults = {
  ...{ seed: 0, samplesPerPrompt: 1, sampling: {}, epochs: 4, minibatches: 1, correction: {} },
  ...{ loss: clippedSurrogate, reduction: 'token-mean', measureEntropy: true },
  ...{ criticPrompt: promptAlone, valueClip: 0.2, valueCoefficient: 0.1 },
  ...{ klWeight: 0.001, klEstimator: 'k1', measureKl: false, gamma: 1, lambda: 0.95 },
  ...{ whitenAdvantages: 'trl', whitenRewards: false, missingEosPenalty: 0 },
} as const satisfies Partial<PpoOptions>

type PpoSettings = PpoOptions & Required<Pick<PpoOptions, keyof typeof defaults>>

/** What goes on from step to step beside the models. */
interface PpoData {
  readonly klWeight: number
}

/** @throws PrefkitError `INVALID_CONFIG`. */
function settingsOf(options: PpoOptions): PpoSettings {
  const settings: PpoSettings = { ...defaults, ...options }
  const { rewards, valueRewards, policy, critic, criticLearningRate: rate } = settings
  requireRewards(rewards)
  if (valueRewards) requireRewards(valueRewards)
  requireRewards([...rewards, ...(valueRewards ?? [])])
  const { samplesPerPrompt, epochs, minibatches, klWeight, valueCoefficient, missingEosPenalty } = settings
  requireLoop('ppo', settings, { samplesPerPrompt, epochs, minibatches, klWeight })
  requireNumbers('ppo', { valueCoefficient, missingEosPenalty })
  if (typeof rate === 'number') requireNumbers('ppo: criticLearningRate', { learningRate: rate })
  if (policy !== critic) return settings
  const message = 'ppo: critic: expected another model than the policy, got the same'
  throw new PrefkitError('INVALID_CONFIG', message)
}

/** Compiled once a run. */
function lossesOf({ loss, reduction, sampling, valueClip, valueCoefficient, measureEntropy }: PpoSettings) {
  const maxNewTokens = sampling.maxNewTokens ?? 64
  const surrogate = policyUpdateLoss({ policyLoss: loss, reduction, maxNewTokens, klWeight: 0 })
  return {
    policy: measureEntropy ? withEntropy(surrogate, 'policy/entropy_avg') : surrogate,
    critic: valueUpdateLoss(valueCoefficient, valueClip === false ? {} : { clipEpsilon: valueClip }),
  }
}

/** What both models learn from, less what it takes off where a response was cut off. */
function scoresOf(scored: readonly ScoredRollout[], penalty: number): number[] {
  const ended = scored.map(({ finishReason }) => finishReason !== 'length')
  const rewards = scored.map(({ reward }) => reward)
  return missingEosRewards(rewards, ended, { penalty })
}

/** What the critic learns from, and how far it is from what the policy does. */
async function scoreForCritic(settings: PpoSettings, rollouts: readonly ScoredRollout[]) {
  const { valueRewards, signal } = settings
  if (!valueRewards) return { scored: rollouts, metrics: {} }
  const { rollouts: again, metrics } = await scoreRollouts(valueRewards, rollouts, signal)
  const { reward, reward_std: deviation, ...parts } = metrics
  const distances = again.map((own, i) => Math.abs(own.reward - rollouts[i]!.reward))
  const gaps = distances.filter((distance) => !Number.isNaN(distance))
  const gap = gaps.reduce((sum, each) => sum + each, 0) / gaps.length
  const own = { 'value/reward': reward!, 'value/reward_std': deviation!, 'value/reward_gap': gap }
  return { scored: again, metrics: { ...parts, ...own } }
}

/** V of each token before it is drawn. */
async function valuesOf(critic: PolicyBackend, data: readonly Datum[]): Promise<Float32Array[]> {
  return (await critic.forward(data)).map(({ values }) => {
    if (values) return values
    const message = 'ppo: critic: expected a model with a value head, got one that tells no values'
    throw new PrefkitError('INVALID_CONFIG', message)
  })
}

/** What policy, reference and critic say of responses before they learn from them. */
async function askModels(settings: PpoSettings, source: RolloutSource, rollouts: readonly ScoredRollout[]) {
  const { policy, critic, criticPrompt, correction, sampling, klWeight, klController, measureKl } = settings
  const data = rollouts.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const valueData = rollouts.map((rollout) => completionDatum(criticPrompt(rollout), rollout.tokens))
  const trust = await trustRollouts({ policy, source, sampling, rollouts, data, changes: true, correction })
  const { temperature = 1 } = sampling
  const needsReference = klWeight > 0 || klController !== undefined || measureKl
  const reference = needsReference ? await policy.forward(data, { reference: true, temperature }) : undefined
  const values = await valuesOf(critic, valueData)
  return {
    ...{ data, valueData, values, weights: trust.weights, metrics: trust.metrics },
    // They are there, as `changes` asks for them.
    logProbs: trust.oldLogProbs!,
    refLogProbs: reference?.map(({ logProbs }) => logProbs),
  }
}

/** A step of both models: passes over what was drawn, and what it is worth. */
async function learn(
  settings: PpoSettings,
  losses: ReturnType<typeof lossesOf>,
  {
    asked,
    targets,
    step,
  }: { asked: Awaited<ReturnType<typeof askModels>>; targets: PpoTargets; step: number },
): Promise<StepMetrics> {
  const { policy, critic, loss, epochs, minibatches, seed, signal, criticLearningRate } = settings
  const { data, valueData, values, logProbs, weights } = asked
  const draws = loss.draws ? tokenDraws(targets.advantages, stepSeed(seed, step)) : undefined
  const policyBatch = data.map((datum, i) => {
    const own: PolicyDatumInputs = { advantages: targets.advantages[i]!, oldLogprobs: logProbs[i]! }
    const more = { ...(weights && { weights: weights[i]! }), ...(draws && { draws: draws[i]! }) }
    return { ...datum, inputs: { ...own, ...more } }
  })
  const valueBatch = valueData.map((datum, i) => {
    return { ...datum, inputs: { returns: targets.returns[i]!, oldValues: values[i]! } }
  })
  const learningRate = learningRateAt(settings.learningRate, step)
  const criticRate = learningRateAt(criticLearningRate ?? settings.learningRate, step)
  const how = { epochs, minibatches, step, seed, signal }
  const groupSize = loss.comparesBatch ? ('batch' as const) : 1
  const ofPolicy = await updateModel(policy, policyBatch, {
    ...{ ...how, loss: losses.policy, learningRate, groupSize },
    temperature: settings.sampling.temperature,
  })
  const ofCritic = await updateModel(critic, valueBatch, {
    ...{ ...how, loss: losses.critic, learningRate: criticRate },
  })
  const { loss: policyLoss, ...policyMetrics } = ofPolicy
  const { loss: _, grad_norm: valueNorm, ...valueMetrics } = ofCritic
  const own = { 'loss/policy_avg': policyLoss!, 'value/grad_norm': valueNorm!, learning_rate: learningRate }
  return { ...policyMetrics, ...valueMetrics, ...own }
}

/**
 * Proximal policy optimisation (1707.06347) with a critic: each step draws responses, takes β times their divergence from the
 * reference off the rewards of their tokens, and makes better what was better than the critic expected (generalised advantages), by
 * the clipped surrogate; then the critic learns what came.
 *
 * By its rewards it is conventional PPO (a pointwise reward) or pairwise PPO (2504.04950: the probability to win against anchors); by
 * `criticPrompt` and `valueRewards` the latter is Value with ground truth, or without.
 *
 * It logs, under TRL's names, rewards and lengths of the responses, `objective/{kl,kl_coef,entropy,non_score_reward,rlhf_reward,scores}`
 * (`kl` where it is measured),
 * `policy/{approxkl_avg,clipfrac_avg,entropy_avg}`, `val/{ratio,clipfrac_avg}`, `loss/{policy_avg,value_avg}` (the latter without its
 * coefficient), `grad_norm` and `learning_rate`; and `value/explained_variance`, `value/grad_norm`, and with `valueRewards` their mean,
 * deviation and mean distance from the rewards, `value/{reward,reward_std,reward_gap}`.
 * @throws PrefkitError `INVALID_CONFIG`; what the models and the reward functions throw.
 */
export async function* ppo(options: PpoOptions): Algorithm {
  const settings = settingsOf(options)
  const { policy, critic, prompts, rewards, promptsPerStep, samplesPerPrompt, sampling } = settings
  const { steps, seed, resume, signal, missingEosPenalty, klController } = settings
  const source = settings.rollouts ?? policyRollouts(policy)
  const losses = lossesOf(settings)
  if (resume) {
    await policy.restore(resume.trainings.policy!)
    await critic.restore(resume.trainings.critic!)
  }
  // What state() of such a run gave.
  let { klWeight } = (resume?.data as PpoData | undefined) ?? settings

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const drawing = {
      source,
      prompts,
      rewards,
      promptsPerStep,
      samplesPerPrompt,
      sampling,
      step,
      seed,
      signal,
    }
    const { rollouts, metrics } = await collectRollouts(drawing, time)
    const { scored, metrics: valueScored } = await time('score', () => scoreForCritic(settings, rollouts))
    const isKnown = (_: unknown, i: number) => !Number.isNaN(rollouts[i]!.reward + scored[i]!.reward)
    const [known, valued] = [rollouts.filter(isKnown), scored.filter(isKnown)]
    if (known.length === 0) {
      const problem = 'expected a response that both rewards and valueRewards score, got none'
      throw new PrefkitError('BAD_REWARD', `ppo: ${problem}`)
    }

    const asked = await time('learn', () => askModels({ ...settings, klWeight }, source, known))
    const scores = scoresOf(known, missingEosPenalty)
    const valueScores = settings.valueRewards && scoresOf(valued, missingEosPenalty)
    const given = { ...asked, scores, ...(valueScores && { valueScores }) }
    const targets = ppoTargets(given, { ...settings, klWeight })
    const learnt = await time('learn', () => learn(settings, losses, { asked, targets, step }))

    const used = { 'objective/kl_coef': klWeight }
    const observed = { kl: targets.kl, steps: known.length }
    if (klController) klWeight = nextKlCoefficient(klWeight, observed, klController)
    const data: PpoData = { klWeight }
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: { ...metrics, ...valueScored, ...asked.metrics, ...targets.metrics, ...used, ...learnt },
      seconds,
      rollouts,
      state: async () => ({
        step: step + 1,
        trainings: { policy: await policy.state(), critic: await critic.state() },
        data,
      }),
    }
  }
}
