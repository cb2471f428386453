import type { PolicyBackend } from '@prefkit/lm'
import type { Algorithm, AlgorithmOptions } from '../../algorithms/algorithm'
import { type GrpoOptions, grpo } from '../../algorithms/grpo'
import { onlinePreferences } from '../../algorithms/online-preferences'
import { type PpoOptions, ppo } from '../../algorithms/ppo'
import { valueWithAnchor } from '../../algorithms/ppo-critic-prompts'
import { xpo } from '../../algorithms/xpo'
import { groupRelative } from '../../choices/advantage-estimators'
import {
  type PolicyGradientName,
  policyGradientOptions,
  policyGradientPresets,
} from '../../choices/policy-gradient-presets'
import { preferenceLossOf } from '../../choices/preference-losses'
import type { LoopPrompt, LoopResponse } from '../../prompts/prompt'
import { pointwiseReward } from '../../rewards/pointwise-reward'
import type { RewardFunction } from '../../rewards/reward-function'
import type { PairwiseScorer, PointwiseScorer } from '../../rewards/scorers'
import { winProbabilityReward } from '../../rewards/win-probability-reward'
import type { RolloutSource } from '../../rollouts/rollout'

/** r(q, y), of which the optimum is known. */
export type Utility = (prompt: LoopPrompt, response: LoopResponse) => number

/** What is to be learnt, and with what. */
export interface Task extends Pick<AlgorithmOptions, 'steps' | 'learningRate' | 'resume'> {
  readonly policy: PolicyBackend
  readonly critic: PolicyBackend
  /** Each has one anchor. */
  readonly prompts: readonly LoopPrompt[]
  readonly utility: Utility
  readonly rollouts?: RolloutSource
  /** β of the divergence from the reference. */
  readonly klWeight: number
  readonly samplesPerPrompt: number
  readonly maxNewTokens: number
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Log-odds by which a judge prefers what it is shown first, whatever that is. */
const positionBias = 0.7

/** A judge that is right in its mean over both orders, and in neither of them. */
const judgeOf = (utility: Utility): PairwiseScorer => ({
  firstWins: async (pairs) =>
    pairs.map(({ prompt, first, second }) =>
      sigmoid(utility(prompt, first) - utility(prompt, second) + positionBias),
    ),
})

/** The reward that such a judge gives a response against the anchor. */
export const winsAgainstAnchor =
  (utility: Utility): Utility =>
  (prompt, response) => {
    const ahead = utility(prompt, response) - utility(prompt, prompt.anchors![0]!)
    return (sigmoid(ahead + positionBias) + sigmoid(ahead - positionBias)) / 2
  }

const scorerOf = (utility: Utility): PointwiseScorer => ({
  scores: async (responses) => responses.map(({ prompt, response }) => utility(prompt, response)),
})

const utilityReward = (utility: Utility): RewardFunction => ({
  name: 'utility',
  score: async (rollouts) => ({ scores: rollouts.map((rollout) => utility(rollout.prompt, rollout)) }),
})

/** In [0, 1): of a text, as if by chance. */
const fractionOf = (text: string): number =>
  ([...text].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193), 0x811c9dc5) >>>
    0) /
  2 ** 32

/**
 * Of two responses to a prompt one wins, as often as Bradley and Terry have it: of the times that two are compared, by the fractions
 * of multiples of the golden ratio, which are more even than chance.
 */
function duels(utility: Utility): RewardFunction {
  const met = new Map<string, number>()
  return {
    name: 'duels',
    score: async (rollouts) => ({
      scores: rollouts.map((rollout, i) => {
        // What wins has 1, what loses −1, where this is what the other has: 0.
        if (i % 2 === 1) return 0
        const other = rollouts[i + 1]!
        const [first, second] = rollout.text < other.text ? [rollout, other] : [other, rollout]
        const key = `${rollout.prompt.id}: ${first.text} or ${second.text}`
        const times = met.get(key) ?? 0
        met.set(key, times + 1)
        const ahead = utility(rollout.prompt, first) - utility(rollout.prompt, second)
        const firstWins = (fractionOf(key) + times * 0.6180339887498949) % 1 < sigmoid(ahead)
        return firstWins === (first === rollout) ? 1 : -1
      }),
    }),
  }
}

const shared = ({ policy, prompts, rollouts, samplesPerPrompt, maxNewTokens, ...task }: Task) => ({
  ...{ policy, prompts, samplesPerPrompt, sampling: { maxNewTokens } },
  ...{ steps: task.steps, learningRate: task.learningRate, resume: task.resume },
  promptsPerStep: prompts.length,
  ...(rollouts && { rollouts }),
})

const withGrpo =
  (choice: Partial<GrpoOptions>) =>
  (task: Task): Algorithm =>
    grpo({ ...shared(task), rewards: [utilityReward(task.utility)], klWeight: task.klWeight, ...choice })

const preset = (name: PolicyGradientName, changes: Partial<GrpoOptions> = {}) => {
  const { klWeight: _, ...choice } = policyGradientOptions(policyGradientPresets[name])
  return withGrpo({ ...choice, ...changes })
}

const withPpo =
  (own: (task: Task) => Partial<PpoOptions>) =>
  ({ critic, klWeight, ...task }: Task): Algorithm =>
    ppo({
      ...shared({ critic, klWeight, ...task }),
      ...{ critic, klWeight, rewards: [utilityReward(task.utility)], epochs: 2 },
      // Values have as far to go as rewards are large, and no policy to spoil.
      ...{ valueClip: false, valueCoefficient: 1 },
      ...own({ critic, klWeight, ...task }),
    })

const wins = ({ utility }: Task) => [winProbabilityReward({ scorer: judgeOf(utility) })]

/** An algorithm, and what it is to come to. */
export interface Learner {
  readonly name: string
  readonly learn: (task: Task) => Algorithm
  /** What is maximised beside the divergence. Default: the utility. */
  readonly maximises?: (utility: Utility) => Utility
  /** Which divergence: `reverse` is KL(π ‖ π_ref), `forward` is KL(π_ref ‖ π). Default: `reverse`. */
  readonly divergence?: 'reverse' | 'forward'
  /** Tokens of a response, at most. Default: those of the task. */
  readonly maxNewTokens?: number
  /** β. Default: that of the task. */
  readonly klWeight?: number
  /** True where the divergence is that of each token given those before it, which is another one for several tokens. Default: false. */
  readonly oneToken?: boolean
}

/** Every algorithm that draws. */
export const learners: readonly Learner[] = [
  { name: 'GRPO, KL in the reward', learn: preset('grpo', { klIn: 'reward' }) },
  {
    name: 'GRPO, KL in the loss',
    learn: withGrpo({ advantages: groupRelative({ scale: 'none' }) }),
    oneToken: true,
  },
  {
    name: 'GRPO, KL in the loss as it was first published',
    learn: withGrpo({ advantages: groupRelative({ scale: 'none' }), klCorrection: false }),
    ...{ divergence: 'forward', oneToken: true },
  },
  { name: 'Dr. GRPO', learn: preset('dr_grpo', { klIn: 'reward' }) },
  { name: 'DAPO', learn: preset('dapo', { klIn: 'reward' }) },
  { name: 'RLOO', learn: preset('rloo') },
  { name: 'REINFORCE', learn: preset('reinforce', { klIn: 'reward' }) },
  { name: 'REINFORCE++', learn: preset('reinforce++') },
  { name: 'OPO', learn: preset('opo', { klIn: 'reward' }) },
  { name: 'PPO', learn: withPpo(() => ({})) },
  {
    name: 'pairwise PPO, value with ground truth',
    learn: withPpo((task) => ({ rewards: wins(task), criticPrompt: valueWithAnchor() })),
    maximises: winsAgainstAnchor,
    // Probabilities are nearer to each other than utilities.
    klWeight: 0.1,
  },
  {
    name: 'pairwise PPO, value without ground truth',
    learn: withPpo((task) => ({
      rewards: wins(task),
      valueRewards: [
        pointwiseReward({ scorer: scorerOf(task.utility), bound: 'sigmoid', reference: 'anchors' }),
      ],
    })),
    maximises: winsAgainstAnchor,
    // Probabilities are nearer to each other than utilities.
    klWeight: 0.1,
  },
  {
    name: 'online DPO',
    // What wins is one bit of each pair: of the 64 responses of two tokens it takes ten times as many to learn as much.
    maxNewTokens: 1,
    learn: (task) =>
      onlinePreferences({
        ...{ ...shared(task), samplesPerPrompt: 2 },
        promptsPerStep: task.prompts.length * task.samplesPerPrompt,
        rewards: [duels(task.utility)],
        loss: preferenceLossOf({ name: 'dpoLoss', options: { beta: task.klWeight } }),
      }),
  },
  {
    name: 'XPO',
    // As for online DPO.
    maxNewTokens: 1,
    learn: (task) =>
      xpo({
        ...shared(task),
        promptsPerStep: task.prompts.length * task.samplesPerPrompt,
        rewards: [duels(task.utility)],
        loss: { beta: task.klWeight },
      }),
  },
]
