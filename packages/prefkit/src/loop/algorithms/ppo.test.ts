import { describe, expect, it, vi } from 'vitest'
import { oneThread } from '../proof/testing/one-thread'
import type { RewardFunction } from '../rewards/reward-function'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { type PpoOptions, ppo } from './ppo'
import { valueWithAnchor } from './ppo-critic-prompts'

/** The share of a response's letters that are o: dense, and easy to raise. */
const manyOs: RewardFunction = {
  name: 'os',
  score: async (rollouts) => ({
    scores: rollouts.map(({ text }) => text.split('o').length / (text.length + 1)),
  }),
}

/** The same, less exactly: what a distilled score is to a judge. */
const roughly: RewardFunction = {
  name: 'roughly',
  score: async (rollouts) => ({
    scores: (await manyOs.score(rollouts)).scores.map((score) => Math.round(score * 20) / 20),
  }),
}

const settings = {
  rewards: [manyOs],
  ...{ steps: 5, promptsPerStep: 2, samplesPerPrompt: 4, learningRate: 3e-3 },
  sampling: { maxNewTokens: 16 },
}

type Models = Pick<PpoOptions, 'policy' | 'critic' | 'prompts'>

/** A policy and a critic of its kind, and prompts with anchors, while something is done with them. */
async function withModels<T>(work: (models: Models) => Promise<T>): Promise<T> {
  const { policy, prompts } = await storyPolicy({ backend: oneThread })
  const critical = { backend: oneThread, head: 'value', seed: 1 } as const
  const { policy: critic, prompts: written } = await storyPolicy(critical)
  const anchors = written([' It was so good.']).map(({ text, tokens }) => ({ text, tokens: tokens.slice(1) }))
  const asked = prompts(['Once upon a time', 'Tom had a dog', 'The sun'])
  try {
    return await work({ policy, critic, prompts: asked.map((prompt) => ({ ...prompt, anchors })) })
  } finally {
    await Promise.all([policy.release(), critic.release()])
  }
}

async function metricsOf(options: PpoOptions, keepAt?: number) {
  const metrics: StepMetrics[] = []
  let state: AlgorithmState | undefined
  for await (const step of ppo(options)) {
    metrics.push(step.metrics)
    if (step.step === keepAt) state = await step.state()
  }
  return { metrics, state }
}

describe('ppo', () => {
  it('raises the reward, and goes on from a state as if it had never stopped', async () => {
    const own = {
      ...settings,
      criticPrompt: valueWithAnchor(),
      klController: { type: 'adaptive', target: 0.5, horizon: 40 },
    } as const
    const { metrics, state } = await withModels((models) => metricsOf({ ...own, ...models }, 2))
    expect(metrics.at(-1)!.reward!).toBeGreaterThan(metrics[0]!.reward! + 0.02)
    expect(Math.abs(metrics[0]!['objective/kl']!)).toBeLessThan(1e-4)
    expect(metrics.at(-1)!['objective/kl']!).toBeGreaterThan(0.01)
    expect(metrics.at(-1)!['loss/value_avg']!).toBeLessThan(metrics[0]!['loss/value_avg']! / 2)
    // Far below its target at first, by 0.2 · 8 / 40.
    expect(metrics[1]!['objective/kl_coef']).toBe(0.001 * (1 - 0.04))
    const { metrics: rest } = await withModels((models) => metricsOf({ ...own, ...models, resume: state }))
    expect(rest).toEqual(metrics.slice(2))
  })

  it('learns nothing from what has no score', async () => {
    const some: RewardFunction = {
      name: 'some',
      score: async (rollouts) => ({ scores: rollouts.map((_, i) => (i === 3 ? Number.NaN : i)) }),
    }
    const valued = {
      ...some,
      name: 'valued',
      score: async () => ({ scores: [...Array(7).fill(1), Number.NaN] }),
    }
    const once = { ...settings, steps: 1, epochs: 1, rewards: [some], valueRewards: [valued] }
    const { metrics } = await withModels((models) => metricsOf({ ...once, ...models }))
    expect(metrics[0]!['rewards/unscored']).toBe(1)
    // Of 0, 1, 2, 4, 5 and 6, as the fourth has no reward and the last no value.
    expect(metrics[0]!['objective/scores']).toBe(3)
    expect(metrics[0]!['value/reward_gap']).toBe(14 / 6)
    expect(metrics[0]!.grad_norm).toBeGreaterThan(0)
  })

  it("logs under TRL's names", async () => {
    const once = { ...settings, steps: 1, epochs: 1, valueRewards: [roughly] }
    const { metrics } = await withModels((models) => metricsOf({ ...once, ...models }))
    const [first] = metrics
    const names = ['approxkl_avg', 'clipfrac_avg', 'entropy_avg'].map((name) => `policy/${name}`)
    expect(names.map((name) => typeof first![name])).toEqual(['number', 'number', 'number'])
    expect(first!['val/ratio']).toBeCloseTo(1, 5)
    expect(first!['objective/scores']).toBeCloseTo(first!.reward!, 12)
    expect(first!['objective/rlhf_reward']).toBe(
      first!['objective/scores']! + first!['objective/non_score_reward']!,
    )
    expect(first!['value/reward']).toBe(first!['rewards/roughly/mean'])
    // Steps of 1/20 are off by 1/40 at most, and by something.
    expect(first!['value/reward_gap']!).toBeGreaterThan(1e-4)
    expect(first!['value/reward_gap']!).toBeLessThan(1 / 40)
    expect(first!['value/explained_variance']!).toBeLessThan(1)
    expect(Object.values(first!).filter((value) => !Number.isFinite(value))).toEqual([])
  })

  it('asks the reference where the divergence counts or is to be measured', async () => {
    const asks = async (change: Partial<PpoOptions>) =>
      withModels(async (models) => {
        const forward = vi.spyOn(models.policy, 'forward')
        const once = { ...settings, ...models, steps: 1, epochs: 1, learningRate: 0 }
        const { metrics } = await metricsOf({ ...once, ...change })
        const references = forward.mock.calls.filter(([, options]) => options?.reference).length
        return [references, 'objective/kl' in metrics[0]!]
      })
    expect(await asks({ klWeight: 0 })).toEqual([0, false])
    expect(await asks({ klWeight: 0, measureKl: true })).toEqual([1, true])
    expect(await asks({})).toEqual([1, true])
  })

  it('measures and corrects what another engine drew', async () => {
    const { metrics, own } = await withModels(async (models) => {
      const drawn = policyRollouts(models.policy)
      const elsewhere: RolloutSource = {
        isPolicy: false,
        draw: async (request) =>
          (await drawn.draw(request)).map((rollout) => ({
            ...rollout,
            samplingLogProbs: rollout.samplingLogProbs.map((each) => each - 0.1),
          })),
      }
      const once = { ...settings, ...models, steps: 1, epochs: 1 }
      const { metrics } = await metricsOf({ ...once, rollouts: elsewhere, learningRate: 0 })
      return { metrics, own: (await metricsOf({ ...once, learningRate: 0 })).metrics }
    })
    const ratio = 'sampling/importance_sampling_ratio/mean'
    expect(metrics[0]![ratio]).toBeCloseTo(Math.exp(0.1), 4)
    expect(own[0]).not.toHaveProperty([ratio])
    // Equal weights of all tokens scale the gradient, to the rounding of f32.
    const scale = metrics[0]!.grad_norm! / own[0]!.grad_norm!
    expect(scale).toBeCloseTo(Math.exp(0.1), 4)
    expect(metrics[0]!['value/grad_norm']).toBeCloseTo(own[0]!['value/grad_norm']!, 5)
  })

  it('takes a penalty off the score of what was cut off', async () => {
    const once = { ...settings, steps: 1, epochs: 1, missingEosPenalty: 2 }
    const { metrics } = await withModels((models) => metricsOf({ ...once, ...models }))
    const { reward, 'objective/scores': scores, 'completions/clipped_ratio': cut } = metrics[0]!
    expect(cut!).toBeGreaterThan(0)
    expect(scores).toBeCloseTo(reward! - 2 * cut!, 12)
  })

  it('refuses what cannot be', async () => {
    await withModels(async (models) => {
      const refused = (change: Partial<PpoOptions>) =>
        expect(metricsOf({ ...settings, ...models, ...change })).rejects
      await refused({ critic: models.policy }).toThrow(/critic: expected another model/)
      const { policy: headless } = await storyPolicy()
      await refused({ critic: headless }).toThrow(/critic: expected a model with a value head/)
      await headless.release()
      await refused({ valueCoefficient: -1 }).toThrow(/ppo: valueCoefficient: expected a number ≥ 0, got -1/)
      await refused({ criticLearningRate: -1 }).toThrow(/criticLearningRate: .*≥ 0, got -1/)
      await refused({ valueRewards: [manyOs] }).toThrow(/different names, got "os" twice/)
      await refused({ valueRewards: [] }).toThrow(/expected at least one/)
      await refused({ lambda: 2 }).toThrow(/lambda/)
      const bare = models.prompts.map(({ anchors: _, ...prompt }) => prompt)
      await refused({ prompts: bare, criticPrompt: valueWithAnchor() }).toThrow(/expected an anchor/)
    })
  })
})
