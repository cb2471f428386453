import { expect, it } from 'vitest'
import type { RewardFunction } from '../rewards/reward-function'
import type { StepMetrics } from '../step-record'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { grpo } from './grpo'

/** The share of a response's letters that are o: dense, and easy to raise. */
const manyOs: RewardFunction = {
  name: 'os',
  score: async (rollouts) => ({
    scores: rollouts.map(({ text }) => text.split('o').length / (text.length + 1)),
  }),
}

const settings = {
  rewards: [manyOs],
  ...{ steps: 6, promptsPerStep: 2, samplesPerPrompt: 4, learningRate: 3e-3, measureKl: true },
  sampling: { maxNewTokens: 16 },
}
const texts = ['Once upon a time', 'Tom had a dog', 'The sun']

it('raises the reward, and goes on from a state as if it had never stopped', async () => {
  const whole = await storyPolicy()
  const options = { ...settings, prompts: whole.prompts(texts) }
  const all: StepMetrics[] = []
  let middle: AlgorithmState | undefined
  for await (const step of grpo({ ...options, policy: whole.policy })) {
    all.push(step.metrics)
    if (step.step === 3) middle = await step.state()
  }
  await whole.policy.release()
  expect(all.at(-1)!.reward!).toBeGreaterThan(all[0]!.reward! + 0.02)
  expect(all[0]!.kl!).toBeLessThan(1e-9)
  expect(all.at(-1)!.kl!).toBeGreaterThan(1e-4)

  const resumed = await storyPolicy()
  const rest: StepMetrics[] = []
  for await (const step of grpo({ ...options, policy: resumed.policy, resume: middle! }))
    rest.push(step.metrics)
  await resumed.policy.release()
  expect(rest).toEqual(all.slice(3))
})
