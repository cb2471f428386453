import { expect, it } from 'vitest'
import { preferenceLossOf } from '../choices/preference-losses'
import type { RewardFunction } from '../rewards/reward-function'
import { pairwiseFromPointwise } from '../rewards/scorers'
import { winRateReward } from '../rewards/win-rate-reward'
import type { StepMetrics } from '../step-record'
import { sharedStory } from '../testing/shared-story'
import type { AlgorithmState } from './algorithm'
import { type OnlinePreferencesOptions, onlinePreferences } from './online-preferences'

const story = await sharedStory()

const shareOfOs = (text: string): number => text.split('o').length / (text.length + 1)

/** Only measures. */
const os: RewardFunction = {
  ...{ name: 'os', weight: 0 },
  score: async (rollouts) => ({ scores: rollouts.map(({ text }) => shareOfOs(text)) }),
}

/** Finds the response with more letters o the better one, surely where it has many more. */
const scorer = pairwiseFromPointwise({
  scores: async (responses) => responses.map(({ response }) => 20 * shareOfOs(response.text)),
})

async function run(options: Partial<OnlinePreferencesOptions> = {}) {
  const metrics: StepMetrics[] = []
  let middle: AlgorithmState | undefined
  const settings = {
    ...{ policy: story.policy, prompts: story.prompts(['Once upon a time', 'Tom had a dog', 'The sun']) },
    ...{ rewards: [winRateReward({ scorer }), os], sampling: { maxNewTokens: 12 } },
    ...{ steps: 6, promptsPerStep: 3, samplesPerPrompt: 4, learningRate: 2e-3 },
  }
  for await (const step of onlinePreferences({ ...settings, ...options })) {
    metrics.push(step.metrics)
    if (step.step === 3) middle = await step.state()
  }
  return { metrics, middle: middle! }
}

it('learns from the best and the worst that it draws, and goes on from a state exactly', async () => {
  const { metrics, middle } = await run()
  const mean = (of: readonly StepMetrics[]) =>
    of.reduce((sum, each) => sum + each['rewards/os/mean']!, 0) / of.length
  expect(mean(metrics.slice(4))).toBeGreaterThan(mean(metrics.slice(0, 2)) + 0.01)
  expect(metrics.every((each) => Math.abs(each['rewards/winRate/mean']! - 0.5) < 1e-12)).toBe(true)
  expect(Math.abs(metrics[0]!.loss! - Math.LN2)).toBeLessThan(2e-6)
  const rest = await run({ resume: middle })
  expect(rest.metrics).toEqual(metrics.slice(3))
})

it('measures REBEL against the policy that drew, whose log-probabilities came with the responses', async () => {
  const loss = preferenceLossOf({ name: 'rebelLoss' })
  const { metrics } = await run({ loss, steps: 3 })
  // Before each update π is what drew: two dozen log-probabilities, each within 2e-6 as drawn with a cache and as learnt without.
  for (const each of metrics) expect(Math.abs(each['rewards/margins']!)).toBeLessThan(24 * 2e-6)
  expect(metrics[2]!.grad_norm).toBeGreaterThan(0)
})

it('learns nothing where all responses are equally good', async () => {
  const flat: RewardFunction = {
    name: 'flat',
    score: async ({ length }) => ({ scores: Array(length).fill(1) }),
  }
  const { metrics } = await run({ rewards: [flat], steps: 1 })
  expect(metrics[0]).toMatchObject({ frac_reward_zero_std: 1, learning_rate: 2e-3 })
  expect(metrics[0]).not.toHaveProperty('loss')
})

it('needs a loss of pairs, and something to compare', async () => {
  const loss = preferenceLossOf({ name: 'ktoLoss' })
  await expect(run({ loss })).rejects.toThrow(/expected one of pairs, such as dpoLoss/)
  await expect(run({ samplesPerPrompt: 1 })).rejects.toThrow(/whole number ≥ 2/)
})
