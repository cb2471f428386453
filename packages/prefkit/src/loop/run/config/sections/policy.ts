import { z } from 'zod'
import { advantageEstimators } from '../../../choices/advantage-estimators'
import { type PolicyGradientName, policyGradientPresets } from '../../../choices/policy-gradient-presets'
import { policyLosses } from '../../../choices/policy-losses'
import { preferenceLosses } from '../../../choices/preference-losses'
import { count, flag, handedOn, notNegative, oneOf, positive, share, taken, text } from '../values'
import { reward } from './rewards'
import { stepSize } from './training'

/** A function of a package by its name, with its options. */
const named = z
  .preprocess(
    (value) => (typeof value === 'string' ? { name: value } : value),
    z.strictObject({ name: text, options: handedOn.default({}) }),
  )
  .register(taken, { takes: 'a name, or {name, options}' })

/** The names of a table, for reading. */
const namesOf = (table: object): string => Object.keys(table).join(', ')

const server = z.strictObject({
  baseUrl: text.describe('Its address, up to /v1.'),
  model: text.describe('The name of the model there.'),
  apiKeyEnv: text.default('OPENAI_API_KEY').describe('Name of the environment variable with its key.'),
  concurrency: count.default(8).describe('Responses that are asked for at once, at most.'),
  api: oneOf(['completions', 'sglang'])
    .default('completions')
    .describe('By which route it is asked: OpenAI’s, or SGLang’s.'),
  logprobs: oneOf(['raw', 'tempered', 'processed'])
    .optional()
    .describe(
      'What its log-probabilities are of: the model, the model at the temperature, or what is drawn from. Default: by its route.',
    ),
  refresh: flag
    .default(false)
    .describe('Tells the server of each new adapter: vLLM’s /v1/load_lora_adapter.'),
})

/** Of what draws responses. */
const drawing = {
  rewards: z
    .array(reward)
    .min(1, 'expected at least one reward')
    .register(taken, { takes: 'a list of rewards' })
    .describe('What is learnt from: the sum by their weights.'),
  steps: count.default(100).describe('Steps of learning.'),
  promptsPerStep: count.default(8).describe('Prompts of a step.'),
}

const online = {
  ...drawing,
  samplesPerPrompt: count.default(4).describe('Responses that are drawn to each of them.'),
  ...stepSize(1e-5),
  rollouts: server
    .optional()
    .describe('The server that draws responses, OpenAI-compatible; without, the policy itself does.'),
  correction: handedOn
    .default({})
    .describe('Importance weights of a server’s responses: options of rolloutWeights of @prefkit/losses.'),
}

const updates = {
  epochs: count.default(1).describe('Passes over the responses of a step.'),
  minibatches: count.default(1).describe('Updates of a pass.'),
}

const reduction = oneOf([
  'token-mean',
  'seq-mean-token-mean',
  'seq-mean-token-sum',
  'seq-mean-token-sum-norm',
])

const measureKl = flag.default(true).describe('Measures the divergence even where its weight is 0.')

const reduced = 'How the losses of tokens become one number.'
const anyLoss = `A policy loss of @prefkit/losses: ${namesOf(policyLosses)}.`

const ppo = z
  .strictObject({
    algorithm: z.literal('ppo'),
    ...online,
    ...updates,
    epochs: count.default(4).describe('Passes over the responses of a step.'),
    klWeight: notNegative
      .default(0.001)
      .describe('β: what a nat of divergence from what it began as costs, of reward.'),
    klTarget: positive
      .optional()
      .describe('Keeps the divergence of a response near so many nats, by changing the weight.'),
    measureKl,
    gamma: share.default(1).describe('γ: the discount of a token.'),
    lambda: share.default(0.95).describe('λ of generalised advantage estimation.'),
    clipEpsilon: positive
      .optional()
      .describe('ε of the policy’s ratio, where no other loss is given. Default: 0.2.'),
    valueClipEpsilon: z
      .union([z.literal(false), positive], { error: 'expected a number above 0, or false' })
      .register(taken, { takes: 'a number above 0, or false' })
      .optional()
      .describe(
        'How far a value may move from what it was; false for any. Default: that of the policy’s ratio.',
      ),
    valueWeight: positive.default(0.1).describe('Of the value model’s loss.'),
    criticLearningRate: positive
      .optional()
      .describe('Step size of the value model. Default: that of the policy.'),
    whitenAdvantages: flag.default(true).describe('Advantages of a step’s tokens to mean 0 and deviation 1.'),
    whitenRewards: flag
      .default(false)
      .describe('Rewards of a step’s tokens to deviation 1 around their mean.'),
    klEstimator: oneOf(['k1', 'k2', 'k3'])
      .default('k1')
      .describe('How the divergence is estimated at each token.'),
    missingEosPenalty: notNegative.default(0).describe('Taken off the score of a response that was cut off.'),
    value: oneOf(['anchor', 'prompt', 'distilled'])
      .default('prompt')
      .describe(
        'What the value model reads and learns: anchor, the anchor too (Value w/ GT); prompt, the prompt alone; distilled, the prompt alone, from scores (Value w/o GT).',
      ),
    critic: oneOf(['policy', 'rewardModel'])
      .default('policy')
      .describe(
        'What the value model begins as, with a head that says 0: the policy, or the reward model, which knows what is better.',
      ),
    loss: named.optional().describe(`${anyLoss} Default: ppoLoss.`),
    reduction: reduction.default('token-mean').describe(reduced),
  })
  .describe('PPO with a value model; against anchors, pairwise PPO (2504.04950).')

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

const groups = z
  .strictObject({
    algorithm: z.enum(groupAlgorithms),
    ...online,
    ...updates,
    advantages: named
      .optional()
      .describe(
        `An estimator of @prefkit/advantages: ${namesOf(advantageEstimators)}. Default: the algorithm’s.`,
      ),
    loss: named.optional().describe(`${anyLoss} Default: the algorithm’s.`),
    reduction: reduction.optional().describe(`${reduced} Default: the algorithm’s.`),
    klWeight: notNegative
      .optional()
      .describe('β of the divergence from what it began as. Default: the algorithm’s.'),
    klIn: oneOf(['loss', 'reward'])
      .optional()
      .describe('Where the divergence counts. Default: the algorithm’s.'),
    klCorrection: flag
      .optional()
      .describe(
        'Multiplies the divergence in the loss by π/π_old, which makes its gradient that of KL(π ‖ π_ref). Default: the algorithm’s; true where it says none.',
      ),
    measureKl,
    maskTruncated: flag
      .default(false)
      .describe(
        'Learns nothing from responses that were cut off; they still count as members of their groups.',
      ),
    dynamicSampling: z
      .strictObject({ rounds: count.default(1).describe('How often, at most.') })
      .optional()
      .describe(
        'Draws other prompts in the place of those whose rewards are all equal. Default: the algorithm’s.',
      ),
  })
  .describe(
    'Policy gradients that compare the responses to a prompt with each other; custom is grpo without a penalty, to be changed.',
  )

const preferenceUpdates = {
  ...stepSize(5e-6),
  loss: named
    .prefault({ name: 'dpoLoss' })
    .describe(`A loss of @prefkit/losses: ${namesOf(preferenceLosses)}.`),
}

const preferences = z
  .strictObject({
    algorithm: z.literal('preferences'),
    epochs: count.default(1).describe('Passes over the comparisons.'),
    batchSize: count.default(16).describe('Comparisons of a step.'),
    minPreference: share
      .default(0.5)
      .describe(
        'Least probability that the chosen response is better, of pairs that say it: the losses have no soft labels, and take it as 1.',
      ),
    ...preferenceUpdates,
  })
  .describe('Learns from the run’s comparisons themselves: DPO and its family.')

const onlinePreferences = z
  .strictObject({
    algorithm: z.literal('online-preferences'),
    ...online,
    samplesPerPrompt: count.default(2).describe('Responses that are drawn to each of them.'),
    ...preferenceUpdates,
  })
  .describe('Draws responses, and learns from the best and the worst of each prompt.')

const xpo = z
  .strictObject({
    algorithm: z.literal('xpo'),
    ...drawing,
    ...stepSize(5e-6),
    beta: positive.default(0.1).describe('β of the pair’s loss.'),
    alpha: notNegative
      .default(1e-5)
      .describe('α: how strongly it moves away from what the reference draws, which is exploration.'),
    lossType: oneOf(['sigmoid', 'ipo']).default('sigmoid').describe('The loss of the pair.'),
  })
  .describe(
    'XPO (2405.21046): draws a response of the policy and one of what it began as to each prompt, and learns from the two as a pair. Rewards that compare with anchors compare the two with each other.',
  )

const nashMd = z
  .strictObject({
    algorithm: z.literal('nash-md'),
    ...drawing,
    ...stepSize(5e-6),
    mixture: share
      .default(0.5)
      .describe('How much of what it began as is in the mixture that it is to beat: mixture_coef of TRL.'),
    beta: notNegative.default(0.1).describe('β of the divergence from what it began as.'),
    convention: oneOf(['paper', 'trl'])
      .default('paper')
      .describe('How the divergence counts: by the gradient of its mean, or token by token as in TRL.'),
  })
  .describe(
    'Nash-MD (2312.00886): draws a response of the policy and one of its mixture with what it began as to each prompt, and learns to beat it. Rewards that compare with anchors compare the two with each other; others are scores, whose differences are log-odds.',
  )

/** How the policy learns. */
export const policy = z
  .discriminatedUnion('algorithm', [ppo, groups, preferences, onlinePreferences, xpo, nashMd], {
    error: `expected an algorithm: ppo, ${groupAlgorithms.join(', ')}, preferences, online-preferences, xpo or nash-md`,
  })
  .describe('How the policy learns.')
