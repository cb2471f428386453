import { completionDatum, type PolicyBackend } from '@prefkit/lm'
import { describe, expect, it } from 'vitest'
import type { Algorithm } from '../algorithms/algorithm'
import { preferences } from '../algorithms/preferences'
import { preferenceLossOf } from '../choices/preference-losses'
import type { LoopPrompt } from '../prompts/prompt'
import { banditPolicy } from './testing/bandit-policy'
import { type Learner, learners, type Task, type Utility } from './testing/learners'
import { normalised, optima, totalVariation } from './testing/optimum'

/** A context a row, an arm a column: where each policy begins, and what arms are worth. */
const logits = [
  [0, 0.5, -0.5, 0.2],
  [1, 0, 0, -1],
  [-0.4, 0.3, 0.1, 0],
]
const utilities = [
  [0, 0.5, 1, 1.5],
  [1.2, 0, 0.4, 0.9],
  [0.3, 1.4, 0.1, 0.8],
]
const prompts: LoopPrompt[] = logits.map((_, i) => ({
  ...{ id: String(i), text: String(i), tokens: [i] },
  anchors: [{ text: '3', tokens: [3] }],
}))
const utility: Utility = ({ tokens: [context] }, { tokens }) => utilities[context!]![tokens.at(-1)!]!
const armsOf = (prompt: LoopPrompt) =>
  logits[0]!.map((_, arm) => ({ prompt, text: String(arm), tokens: [arm] }))

async function probabilities(
  policy: PolicyBackend,
  prompt: LoopPrompt,
  reference = false,
): Promise<number[]> {
  const data = armsOf(prompt).map(({ tokens }) => completionDatum(prompt.tokens, tokens))
  return (await policy.forward(data, { reference })).map(({ logProbs }) => Math.exp(logProbs[0]!))
}

async function finish(algorithm: Algorithm): Promise<void> {
  for await (const _ of algorithm);
}

const [steps, klWeight] = [100, 0.5]
const task = (): Task => ({
  ...{ policy: banditPolicy(logits), critic: banditPolicy(logits), prompts, utility },
  ...{ steps, learningRate: (step) => 0.2 * (1 - step / steps), klWeight },
  ...{ samplesPerPrompt: 64, maxNewTokens: 1 },
})

/** The best policy of a context for a learner, and the one that it begins with. */
function optimumOf(
  { maximises = (own) => own, divergence = 'reverse', klWeight: beta = klWeight }: Learner,
  prompt: LoopPrompt,
) {
  const rewards = armsOf(prompt).map((arm) => maximises(utility)(prompt, arm))
  const reference = normalised(logits[prompt.tokens[0]!]!)
  return { reference, best: optima[divergence](reference, rewards, beta) }
}

describe('a bandit whose optimum is known', () => {
  it.each(learners.map((learner) => [learner.name, learner] as const))('%s', async (_, learner) => {
    const own = { ...task(), klWeight: learner.klWeight ?? klWeight }
    await finish(learner.learn(own))
    for (const prompt of prompts) {
      const { reference, best } = optimumOf(learner, prompt)
      expect(totalVariation(reference, best)).toBeGreaterThan(0.05)
      // What 64 responses leave of the error of sampling, as the step size goes to 0.
      expect(totalVariation(await probabilities(own.policy, prompt), best)).toBeLessThan(0.01)
    }
  })

  it('DPO, from pairs in which arms win as often as they are worth', async () => {
    // Of a + b duels of arms that are worth log a and log b, the first wins a.
    const worth = [1, 2, 3, 4]
    const data = prompts.flatMap((prompt) => {
      const arms = armsOf(prompt)
      return arms.flatMap((chosen, i) =>
        arms.flatMap((rejected, j) =>
          Array.from({ length: i === j ? 0 : worth[i]! }, () => ({ prompt, chosen, rejected })),
        ),
      )
    })
    const { policy, learningRate } = task()
    const loss = preferenceLossOf({ name: 'dpoLoss', options: { beta: klWeight } })
    await finish(preferences({ policy, data, loss, steps, learningRate, batchSize: data.length }))
    for (const prompt of prompts) {
      const reference = normalised(logits[prompt.tokens[0]!]!)
      const best = optima.reverse(reference, worth.map(Math.log), klWeight)
      // Nothing is drawn.
      expect(totalVariation(await probabilities(policy, prompt), best)).toBeLessThan(1e-3)
    }
  })

  it('tells the two divergences apart', () => {
    for (const prompt of prompts) {
      const [reverse, forward] = (['reverse', 'forward'] as const).map(
        (divergence) => optimumOf({ ...learners[0]!, divergence }, prompt).best,
      )
      expect(totalVariation(reverse!, forward!)).toBeGreaterThan(0.03)
    }
  })
})
