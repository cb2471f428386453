import { z } from 'zod'
import { type PolicyGradientName, policyGradientPresets } from '../../../choices/policy-gradient-presets'
import { count, flag, handedOn, notNegative, oneOf, positive, share, text } from '../values'
import { reward } from './rewards'
import { stepSize } from './training'

/** A function of a package by its name, with its options. */
const named = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z.strictObject({ name: text, options: handedOn.default({}) }),
)

const server = z.strictObject({
  baseUrl: text,
  model: text,
  apiKeyEnv: text.default('OPENAI_API_KEY'),
  concurrency: count.default(8),
  /** By which route it is asked: OpenAI's, or SGLang's. */
  api: oneOf(['completions', 'sglang']).default('completions'),
  /** What its log-probabilities are of: the model's distribution, or that which is drawn from. Default: by its route. */
  logprobs: oneOf(['raw', 'tempered', 'processed']).optional(),
  /** Tells the server of each new adapter: vLLM's `/v1/load_lora_adapter`. */
  refresh: flag.default(false),
})

const online = {
  rewards: z.array(reward).min(1, 'expected at least one reward'),
  steps: count.default(100),
  promptsPerStep: count.default(8),
  samplesPerPrompt: count.default(4),
  ...stepSize(1e-5),
  /** Where responses are drawn, if not by the policy itself. */
  rollouts: server.optional(),
  /** Of their importance weights: options of `rolloutWeights`. */
  correction: handedOn.default({}),
}

const updates = {
  epochs: count.default(1),
  minibatches: count.default(1),
}

/** How the losses of tokens become one number. */
const reduction = oneOf([
  'token-mean',
  'seq-mean-token-mean',
  'seq-mean-token-sum',
  'seq-mean-token-sum-norm',
])

/** PPO with a value model. */
const ppo = z.strictObject({
  algorithm: z.literal('ppo'),
  ...online,
  epochs: count.default(4),
  minibatches: count.default(1),
  klWeight: notNegative.default(0.001),
  /** Keeps the divergence near a target by changing the weight. */
  klTarget: positive.optional(),
  gamma: share.default(1),
  lambda: share.default(0.95),
  /** Of the policy's ratio, where no other loss is given. Default: 0.2. */
  clipEpsilon: positive.optional(),
  /** How far a value may move from what it was; false for any. Default: that of the policy's ratio. */
  valueClipEpsilon: z
    .union([z.literal(false), positive], { error: 'expected a number above 0, or false' })
    .optional(),
  valueWeight: positive.default(0.1),
  criticLearningRate: positive.optional(),
  whitenAdvantages: flag.default(true),
  /** Rewards of a step's tokens to deviation 1 around their mean. */
  whitenRewards: flag.default(false),
  /** How the divergence is estimated at each token. */
  klEstimator: oneOf(['k1', 'k2', 'k3']).default('k1'),
  /** Taken off the score of a response that was cut off. */
  missingEosPenalty: notNegative.default(0),
  /** `anchor`: the value model reads the anchor too (Value w/ GT); `prompt`: it does not. */
  value: oneOf(['anchor', 'prompt', 'distilled']).default('prompt'),
  /** What the value model begins as, with a head that says 0: the policy, or the reward model, which knows what is better. */
  critic: oneOf(['policy', 'rewardModel']).default('policy'),
  /** Any policy loss. */
  loss: named.optional(),
  reduction: reduction.default('token-mean'),
})

// The table has no other names.
const methods = Object.keys(policyGradientPresets) as PolicyGradientName[]

/**
 * Policy gradients that compare the responses to a prompt with each other, and `custom`: GRPO without a penalty, to be changed. GRPO
 * first, as it is meant most often.
 */
const groupAlgorithms: readonly (PolicyGradientName | 'custom')[] = [
  ...['grpo' as const, ...methods.filter((name) => name !== 'grpo')],
  'custom',
]

/** Policy gradients without a value model; what is not said is the algorithm's own. */
const groups = z.strictObject({
  algorithm: z.enum(groupAlgorithms),
  ...online,
  ...updates,
  advantages: named.optional(),
  loss: named.optional(),
  reduction: reduction.optional(),
  klWeight: notNegative.optional(),
  klIn: oneOf(['loss', 'reward']).optional(),
  /** Multiplies the divergence in the loss by π/π_old, which makes its gradient that of KL(π ‖ π_ref). */
  klCorrection: flag.default(true),
  measureKl: flag.default(true),
  /** Learns nothing from responses that were cut off; they still count as members of their groups. */
  maskTruncated: flag.default(false),
  /** Draws other prompts in the place of those whose rewards are all equal, so many times at most. */
  dynamicSampling: z.strictObject({ rounds: count.default(1) }).optional(),
})

const preferenceUpdates = {
  ...stepSize(5e-6),
  /** A loss of `@prefkit/losses`. */
  loss: named.prefault({ name: 'dpoLoss' }),
}

/** Learns from the run's comparisons themselves. */
const preferences = z.strictObject({
  algorithm: z.literal('preferences'),
  epochs: count.default(1),
  batchSize: count.default(16),
  /** Least probability that the chosen response is better, of pairs that say it: the losses have no soft labels, and take it as 1. */
  minPreference: share.default(0.5),
  ...preferenceUpdates,
})

/** Draws responses, and learns from the best and the worst. */
const onlinePreferences = z.strictObject({
  algorithm: z.literal('online-preferences'),
  ...online,
  samplesPerPrompt: count.default(2),
  ...preferenceUpdates,
})

/** How the policy learns. */
export const policy = z.discriminatedUnion('algorithm', [ppo, groups, preferences, onlinePreferences], {
  error: `expected an algorithm: ppo, ${groupAlgorithms.join(', ')}, preferences or online-preferences`,
})
