import type { LocalPolicy, LocalPolicyOptions } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { storiesPath } from '../../../lm/testing/stories'
import type { Algorithm, AlgorithmState } from '../../algorithms/algorithm'
import { distilScores } from '../../algorithms/distil-scores'
import { nashMd } from '../../algorithms/nash-md'
import { onlinePreferences } from '../../algorithms/online-preferences'
import { pairwiseRewardModel } from '../../algorithms/pairwise-reward-model'
import { preferences } from '../../algorithms/preferences'
import { scalarRewardModel } from '../../algorithms/scalar-reward-model'
import { xpo } from '../../algorithms/xpo'
import type { PreferencePair } from '../../prompts/preference-pair'
import { pairwiseFromPointwise } from '../../rewards/scorers'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import type { Rollout, RolloutSource } from '../../rollouts/rollout'
import { judgeTemplate } from '../../scorers/judge-template'
import { preferencePairs } from '../../testing/preference-pairs'
import { storyPolicy } from '../../testing/story-policy'
import { learners, type Utility } from './learners'
import { oneThread } from './one-thread'

/** The share of a text's letters that are o. */
const utility: Utility = (_, { text }) => text.split('o').length / (text.length + 1)

const samplesPerPrompt = 4
const sampling = { maxNewTokens: 8 }

/** The same responses, the last prompt's first. */
const reversed = (source: RolloutSource): RolloutSource => ({
  ...source,
  async draw(request) {
    const drawn = await source.draw(request)
    const groups = request.prompts.map((_, i) => drawn.slice(i * request.n, (i + 1) * request.n))
    return groups.reverse().flat()
  },
})

/** What a run is made with. */
export interface StoryModels {
  readonly policy: LocalPolicy
  readonly critic: LocalPolicy
  readonly pairs: readonly PreferencePair[]
}

/** Where it begins, and in which order a step has what it learns from. */
export interface StoryStart {
  readonly resume?: AlgorithmState
  readonly backwards?: boolean
}

/** An algorithm on the model that tells stories. */
export interface StoryRun {
  readonly name: string
  readonly head?: 'reward'
  readonly make: (models: StoryModels, start: StoryStart) => Algorithm
}

/** The models of a run, to be released. */
export async function storyModels(
  { head }: StoryRun,
  options: LocalPolicyOptions = {},
): Promise<StoryModels> {
  const own = { backend: oneThread, ...options }
  const { policy, prompts } = await storyPolicy({ ...own, ...(head && { head }) })
  const { policy: critic } = await storyPolicy({ ...own, head: 'value', seed: 1 })
  return { policy, critic, pairs: preferencePairs(prompts) }
}

const common = { steps: 3, learningRate: 1e-3 } as const

const sourceOf = ({ policy }: StoryModels, { backwards = false }: StoryStart): RolloutSource =>
  backwards ? reversed(policyRollouts(policy)) : policyRollouts(policy)

const promptsOf = ({ pairs }: StoryModels) =>
  pairs.slice(0, 2).map(({ prompt, rejected }) => ({ ...prompt, anchors: [rejected] }))

const inOrder = <Item>(items: readonly Item[], { backwards = false }: StoryStart): readonly Item[] =>
  backwards ? [...items].reverse() : items

const resumed = ({ resume }: StoryStart) => (resume ? { resume } : {})

const drawing = (name: string): StoryRun => {
  const { learn, klWeight = 0.5 } = learners.find((each) => each.name === name)!
  return {
    name,
    make: (models, start) =>
      learn({
        ...{ ...common, ...resumed(start), policy: models.policy, critic: models.critic },
        ...{ prompts: promptsOf(models), rollouts: sourceOf(models, start), utility, klWeight },
        ...{ samplesPerPrompt, maxNewTokens: sampling.maxNewTokens },
      }),
  }
}

const template = judgeTemplate(await loadLanguageModel(storiesPath), {
  write: ({ first, second }) => `A: ${first} B: ${second} Is A better?`,
  // The vocabulary is letters and pieces of stories.
  words: { yes: ['y'], no: ['n'] },
})

const scorer = {
  scores: async (asked: readonly { readonly response: { readonly text: string } }[]) =>
    asked.map(({ response }) => response.text.length / 10),
}

const utilityReward = {
  name: 'utility',
  score: async (all: readonly Rollout[]) => ({ scores: all.map((each) => utility(each.prompt, each)) }),
}

/** What draws two responses to each of two prompts. */
const comparing = (models: StoryModels, start: StoryStart) => ({
  ...{ ...common, ...resumed(start), sampling, promptsPerStep: 2, rewards: [utilityReward] },
  ...{ policy: models.policy, prompts: promptsOf(models), rollouts: sourceOf(models, start) },
})

/** All of them. */
export const storyRuns: readonly StoryRun[] = [
  ...['GRPO, KL in the reward', 'GRPO, KL in the loss', 'RLOO', 'REINFORCE++', 'PPO'].map(drawing),
  ...['with', 'without'].map((kind) => drawing(`pairwise PPO, value ${kind} ground truth`)),
  {
    name: 'online DPO',
    make: (models, start) => onlinePreferences({ ...comparing(models, start), samplesPerPrompt }),
  },
  {
    name: 'XPO',
    make: (models, start) => xpo({ ...comparing(models, start), loss: { alpha: 0.01 } }),
  },
  { name: 'Nash-MD', make: (models, start) => nashMd(comparing(models, start)) },
  {
    name: 'DPO',
    make: ({ policy, pairs }, start) =>
      preferences({
        ...{ ...common, ...resumed(start), policy, batchSize: pairs.length },
        data: inOrder(pairs, start),
      }),
  },
  {
    ...{ name: 'scalar reward model', head: 'reward' },
    make: ({ policy, pairs }, start) =>
      scalarRewardModel({
        ...{ ...common, ...resumed(start), model: policy, batchSize: pairs.length },
        pairs: inOrder(pairs, start),
      }),
  },
  {
    name: 'pairwise reward model',
    make: ({ policy, pairs }, start) =>
      pairwiseRewardModel({
        ...{ ...common, ...resumed(start), model: policy, template, batchSize: pairs.length },
        pairs: inOrder(pairs, start),
      }),
  },
  {
    ...{ name: 'distilled scores', head: 'reward' },
    make: ({ policy, pairs }, start) =>
      distilScores({
        ...{ ...common, ...resumed(start), model: policy, batchSize: pairs.length },
        judge: pairwiseFromPointwise(scorer),
        responses: inOrder(pairs, start).map(({ prompt, chosen, rejected }) => ({
          ...chosen,
          prompt: { ...prompt, anchors: [rejected] },
        })),
      }),
  },
]
