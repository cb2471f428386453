import { completionDatum } from '@prefkit/lm'
import { expect, it } from 'vitest'
import { advantageEstimatorOf } from '../choices/advantage-estimators'
import { policyGradientOptions, policyGradientPreset } from '../choices/policy-gradient-presets'
import { policyLossOf } from '../choices/policy-losses'
import type { RewardFunction } from '../rewards/reward-function'
import { policyRollouts } from '../rollouts/policy-rollouts'
import { trustRollouts } from '../rollouts/trust-rollouts'
import type { StepMetrics } from '../step-record'
import { sharedStory } from '../testing/shared-story'
import { type Story, storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { type GrpoOptions, grpo } from './grpo'
import { policyGradient } from './policy-gradient'

const story = await sharedStory()

/** The share of a response's letters that are o: dense, and easy to raise. */
const manyOs: RewardFunction = {
  name: 'os',
  score: async (rollouts) => ({
    scores: rollouts.map(({ text }) => text.split('o').length / (text.length + 1)),
  }),
}

const settings = {
  ...{ rewards: [manyOs], steps: 1, promptsPerStep: 2, samplesPerPrompt: 4, learningRate: 3e-3 },
  sampling: { maxNewTokens: 8 },
}

async function run(options: Partial<GrpoOptions>, { policy, prompts }: Story = story) {
  const metrics: StepMetrics[] = []
  let first: AlgorithmState | undefined
  const asked = prompts(['Once upon a time', 'Tom had a dog', 'The sun'])
  for await (const step of grpo({ ...settings, policy, prompts: asked, ...options })) {
    metrics.push(step.metrics)
    if (step.step === 1) first = await step.state()
  }
  return { metrics, first: first! }
}

/** Of the first update. */
async function gradNormOf(options: Partial<GrpoOptions>): Promise<number> {
  await story.restore()
  return (await run(options)).metrics[0]!.grad_norm!
}

it('has the same gradient by all losses whose ratio is 1, before anything has changed', async () => {
  const norm = (name: string) => gradNormOf({ loss: policyLossOf({ name }) })
  const expected = await norm('reinforceLoss')
  expect(expected).toBeGreaterThan(0)
  for (const name of ['grpoLoss', 'sapoLoss', 'cispoLoss']) {
    // Sums of tens of thousands of numbers in single precision.
    expect(Math.abs((await norm(name)) / expected - 1), name).toBeLessThan(1e-5)
  }
})

it('leaves one out as RLOO does: the deviations of Dr. GRPO, n/(n − 1) times', async () => {
  const norm = (name: string, options = {}) =>
    gradNormOf({ advantages: advantageEstimatorOf({ name, options }) })
  const [alone, centred] = [
    await norm('rlooAdvantages'),
    await norm('groupRelativeAdvantages', { scale: 'none' }),
  ]
  expect(Math.abs(alone / centred - 4 / 3)).toBeLessThan(1e-5)
})

it.each(['rloo', 'reinforce++'])('learns by %s, with the penalty in the rewards', async (name) => {
  // Rewards are some hundredths apart, so that the usual penalties would outweigh them.
  const preset = policyGradientOptions(policyGradientPreset(name, { klWeight: 1e-3 }))
  const { metrics } = await run({ ...preset, steps: 6, sampling: { maxNewTokens: 16 } })
  const rewardOf = (steps: readonly StepMetrics[]) => steps.reduce((sum, each) => sum + each.reward!, 0) / 2
  expect(rewardOf(metrics.slice(-2))).toBeGreaterThan(rewardOf(metrics.slice(0, 2)) + 0.01)
  expect(metrics[0]!.kl!).toBeLessThan(1e-9)
  expect(metrics.at(-1)!.kl!).toBeGreaterThan(1e-4)
})

it('learns from groups that teach, and draws others in the place of the rest', async () => {
  // Only what follows one of the prompts is told apart.
  const picky: RewardFunction = {
    name: 'picky',
    score: async (rollouts) => ({
      scores: rollouts.map(({ prompt, sample }) => (prompt.id === '1' ? sample : 1)),
    }),
  }
  const options = { rewards: [picky], steps: 2, promptsPerStep: 1, dynamicSampling: { rounds: 3 } }
  const { metrics, first } = await run(options)
  for (const each of metrics) {
    // Three prompts in three rounds, each once.
    expect(each['sampling/kept_groups']).toBe(1)
    expect(Math.abs(each.frac_reward_zero_std! - (1 - 1 / each['sampling/rounds']!))).toBeLessThan(1e-12)
    expect(each.grad_norm).toBeGreaterThan(0)
  }
  expect((await run({ ...options, resume: first })).metrics).toEqual(metrics.slice(1))
})

it('makes no update where nothing teaches, or all was cut off', async () => {
  const flat: RewardFunction = {
    name: 'flat',
    score: async ({ length }) => ({ scores: Array(length).fill(1) }),
  }
  const { metrics } = await run({ rewards: [flat], dynamicSampling: {} })
  expect(metrics[0]).toMatchObject({ 'sampling/kept_groups': 0, frac_reward_zero_std: 1 })
  expect(metrics[0]).not.toHaveProperty('loss')
  const masked = await run({ maskTruncated: true })
  expect(masked.metrics[0]).toMatchObject({ 'completions/clipped_ratio': 1 })
  expect(masked.metrics[0]).not.toHaveProperty('loss')
})

it('learns nothing from what has no score, and the same from the rest as if it were alone', async () => {
  const { policy, prompts } = story
  const asked = prompts(['Tom had a dog', 'The sun', 'Once'])
  const drawn = await policyRollouts(policy).draw({
    prompts: asked,
    n: 4,
    sampling: { maxNewTokens: 8 },
    seed: 0,
  })
  // Of the last prompt one alone has a score, which is compared with nothing.
  const unscored = [1, 6, 8, 10, 11]
  const scored = drawn.map((rollout, i) => {
    const reward = unscored.includes(i) ? Number.NaN : (i * i) % 7
    return { ...rollout, reward, rewards: { all: reward } }
  })
  const learn = async (rollouts: typeof scored, groupSize: number) => {
    await story.restore()
    const own = policyGradient({ policy, learningRate: 1e-3 })
    const time = <T>(_: string, work: () => Promise<T>) => work()
    return own({ rollouts, groupSize, rewards: [{ name: 'all' }], step: 0, time })
  }
  const left = scored.filter((_, i) => !unscored.includes(i)).slice(0, 6)
  const expected = await learn(left, 3)
  expect(expected.grad_norm).toBeGreaterThan(0)
  expect(await learn(scored, 4)).toEqual(expected)
})

it('goes on where some responses have no score, whatever is learnt by', async () => {
  const picky: RewardFunction = {
    name: 'picky',
    score: async (rollouts) => ({
      scores: rollouts.map(({ sample }, i) => (i % 3 === 0 ? Number.NaN : sample)),
    }),
  }
  const ways: Partial<GrpoOptions>[] = [
    { dynamicSampling: { rounds: 2 } },
    { advantages: advantageEstimatorOf({ name: 'gdpoAdvantages' }), rewards: [manyOs, picky] },
    {
      advantages: advantageEstimatorOf({ name: 'gdpoAdvantages', options: { convention: 'verl' } }),
      rewards: [manyOs, picky],
    },
    { advantages: advantageEstimatorOf({ name: 'passAtKAdvantages' }) },
    { advantages: advantageEstimatorOf({ name: 'reinforcePlusPlusAdvantages' }) },
  ]
  for (const options of ways) {
    const [first] = (await run({ rewards: [picky], ...options })).metrics
    expect(first!.grad_norm).toBeGreaterThan(0)
    expect(first!['rewards/unscored']).toBe(options.rewards ? undefined : 3)
  }
})

it('learns of the distribution that was drawn from, at any temperature', async () => {
  const sampling = { maxNewTokens: 8, temperature: 0.5 }
  // Two updates, of which the first sees the policy that drew, asked again for the log-probabilities of what it drew.
  const [first] = (await run({ sampling, epochs: 2, measureKl: true })).metrics
  expect(first!.grad_norm).toBeGreaterThan(0)
  await story.restore()
  const [once] = (await run({ sampling, epochs: 1, minibatches: 2, learningRate: 0, measureKl: true }))
    .metrics
  // Two computations of numbers around −3 in single precision, squared: the policy is its reference.
  expect(once!.kl!).toBeLessThan(1e-9)
  expect(Math.abs(once!['clip_ratio/low_mean'] ?? 0)).toBe(0)
  const drawn = await policyRollouts(story.policy).draw({
    ...{ prompts: story.prompts(['The sun']), n: 4, sampling, seed: 3 },
  })
  const data = drawn.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const told = await story.policy.forward(data, { temperature: 0.5 })
  const trust = await trustRollouts({
    ...{ policy: story.policy, source: { isPolicy: true }, rollouts: drawn, sampling, data, changes: true },
    correction: {},
  })
  expect(trust.weights).toBeUndefined()
  told.forEach(({ logProbs }, i) => {
    // Of the same f32 logits, summed up in another order.
    logProbs.forEach((each, t) => {
      expect(Math.abs(each - trust.oldLogProbs![i]![t]!)).toBeLessThan(2e-5)
    })
  })
})

it('logs the entropy of the policy at the sampling temperature, or not', async () => {
  const options = { steps: 1, sampling: { maxNewTokens: 8, temperature: 0.5 }, learningRate: 0 }
  const asked = story.prompts(['Once upon a time', 'Tom had a dog', 'The sun'])
  for await (const { metrics, rollouts } of grpo({
    ...settings,
    ...options,
    policy: story.policy,
    prompts: asked,
  })) {
    const data = rollouts!.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
    const told = await story.policy.forward(data, { entropies: true, temperature: 0.5 })
    const all = told.flatMap(({ entropies }) => [...entropies!])
    // Some dozens of numbers around 1 in single precision.
    expect(Math.abs(metrics.entropy! - all.reduce((sum, each) => sum + each, 0) / all.length)).toBeLessThan(
      1e-5,
    )
  }
  expect((await run({ ...options, measureEntropy: false })).metrics[0]).not.toHaveProperty('entropy')
})

it('weighs what filters have made more probable than the policy does', async () => {
  const sampling = { maxNewTokens: 8, temperature: 0.8, topK: 3 }
  const prompts = story.prompts(['The sun'])
  const drawn = await policyRollouts(story.policy).draw({ prompts, n: 4, sampling, seed: 3 })
  const data = drawn.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const told = await story.policy.forward(data, { temperature: 0.8 })
  const trust = await trustRollouts({
    ...{ policy: story.policy, source: { isPolicy: true }, rollouts: drawn, sampling, data, changes: true },
    correction: {},
  })
  drawn.forEach(({ samplingLogProbs }, i) => {
    samplingLogProbs.forEach((each, t) => {
      const ratio = Math.exp(told[i]!.logProbs[t]! - each)
      expect(Math.abs(trust.weights![i]![t]! / ratio - 1)).toBeLessThan(1e-6)
    })
  })
  const all = trust.weights!.flatMap((row) => [...row])
  // Two computations of the same logits differ by some 1e-6.
  expect(Math.max(...all)).toBeLessThan(1 + 1e-5)
  expect(Math.min(...all)).toBeLessThan(0.9)
})

it('computes a batch at once for a loss that compares its tokens, or refuses', async () => {
  const loss = policyLossOf({ name: 'clipCovLoss', options: { share: 0.5, covarianceLow: 0 } })
  const { metrics } = await run({ loss, epochs: 2 })
  expect(metrics[0]!['actor/pg_clipfrac']!).toBeGreaterThan(0)
  const bounded = await storyPolicy({ microBatchTokens: 40 })
  await expect(run({ loss }, bounded)).rejects.toThrow(
    /microBatchTokens: expected ≥ \d+, as the longest group of 8/,
  )
  await bounded.policy.release()
})
