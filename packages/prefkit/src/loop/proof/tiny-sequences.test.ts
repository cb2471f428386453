import type { PolicyBackend } from '@prefkit/lm'
import { describe, expect, it } from 'vitest'
import type { Algorithm } from '../algorithms/algorithm'
import type { LoopPrompt } from '../prompts/prompt'
import { learners, type Utility } from './testing/learners'
import { normalised, optima } from './testing/optimum'
import { allResponses, logProbsOf, tinyPolicy, tinyRollouts } from './testing/tiny-sequences'

const prompts: LoopPrompt[] = [1, 5].map((first) => ({
  ...{ id: String(first), text: String(first), tokens: [first] },
  anchors: [{ text: '0 0', tokens: [0, 0] }],
}))

/** Each token is good that is one more than the one before it. */
const utility: Utility = ({ tokens: prompt }, { tokens }) =>
  tokens.filter((id, i) => id === ((i === 0 ? prompt[0]! : tokens[i - 1]!) + 1) % 8).length

async function finish(algorithm: Algorithm): Promise<void> {
  for await (const _ of algorithm);
}

/** How far from the best policy of a prompt the one that was learnt is, and the one that it began with, in Σ π r − β·KL(π ‖ π_ref). */
async function gapsOf(policy: PolicyBackend, prompt: LoopPrompt, { reward, klWeight, length }: Sought) {
  const responses = allResponses(length)
  const rewards = responses.map((tokens) => reward(prompt, { tokens, text: '' }))
  const reference = normalised(await logProbsOf(policy, prompt, responses, true))
  const learnt = normalised(await logProbsOf(policy, prompt, responses))
  const objective = (own: readonly number[]): number =>
    own.reduce((sum, p, i) => sum + p * (rewards[i]! - klWeight * Math.log(p / reference[i]!)), 0)
  const best = objective(optima.reverse(reference, rewards, klWeight))
  return { before: best - objective(reference), after: best - objective(learnt) }
}

/** What a policy is to maximise, over all responses of a length. */
interface Sought {
  readonly reward: Utility
  readonly klWeight: number
  readonly length: number
}

/** Those that differ on responses of equal length, and the updates that they make. */
const chosen: readonly (readonly [name: string, steps: number])[] = [
  ['GRPO, KL in the reward', 60],
  ['RLOO', 60],
  ['REINFORCE++', 60],
  ['PPO', 30],
  ['pairwise PPO, value with ground truth', 30],
  ['pairwise PPO, value without ground truth', 30],
  ['online DPO', 60],
  ['XPO', 60],
]

describe('a transformer of eight tokens whose optimum is known', () => {
  it.each(chosen)('%s', async (name, steps) => {
    const learner = learners.find((each) => each.name === name)!
    const { learn, maximises = (own) => own, klWeight = 0.5, maxNewTokens = 2 } = learner
    const [policy, critic] = [tinyPolicy(), tinyPolicy({ head: 'value' })]
    await finish(
      learn({
        ...{ policy, critic, prompts, utility, rollouts: tinyRollouts(policy), klWeight },
        ...{ steps, learningRate: (step) => 8e-3 * (1 - step / steps), samplesPerPrompt: 64, maxNewTokens },
      }),
    )
    const sought = { reward: maximises(utility), klWeight, length: maxNewTokens }
    for (const prompt of prompts) {
      const { before, after } = await gapsOf(policy, prompt, sought)
      expect(before).toBeGreaterThan(0.05)
      // What is left of sampling, and of the few updates.
      expect(after).toBeLessThan(0.1 * before)
      expect(after).toBeGreaterThan(0)
    }
    await Promise.all([policy.release(), critic.release()])
  })
})
