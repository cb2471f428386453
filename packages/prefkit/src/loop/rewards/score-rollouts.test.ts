import { describe, expect, it } from 'vitest'
import { grpo } from '../algorithms/grpo'
import type { StepMetrics } from '../step-record'
import { rolloutOf } from '../testing/rollout-of'
import { storyPolicy } from '../testing/story-policy'
import { functionReward } from './function-reward'
import { goldenReward } from './golden-reward'
import { perTokenReward, repetitionReward } from './length-rewards'
import { lexiconReward } from './lexicon-reward'
import type { RewardFunction } from './reward-function'
import { scoreRollouts } from './score-rollouts'

const waiting = (name: string, log: string[]): RewardFunction => ({
  name,
  async score(rollouts, { signal } = {}) {
    log.push(`${name} begins`)
    await new Promise((resolve, reject) => {
      setTimeout(resolve, 20)
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
    log.push(`${name} ends`)
    return { scores: rollouts.map(() => 1) }
  },
})

describe('scoreRollouts', () => {
  it('asks all at the same time', async () => {
    const log: string[] = []
    const { rollouts, metrics } = await scoreRollouts(
      [waiting('a', log), waiting('b', log)],
      [rolloutOf('x')],
    )
    expect(log).toEqual(['a begins', 'b begins', 'a ends', 'b ends'])
    expect(rollouts[0]).toMatchObject({ reward: 2, rewards: { a: 1, b: 1 } })
    expect(metrics).toMatchObject({ 'rewards/a/mean': 1, 'rewards/b/mean': 1, reward: 2 })
  })

  it('names the one that fails, also at once, and stops the others', async () => {
    const log: string[] = []
    const cause = new Error('division by zero')
    const broken: RewardFunction = {
      name: 'broken',
      score: () => {
        throw cause
      },
    }
    await expect(scoreRollouts([waiting('a', log), broken], [rolloutOf('x')])).rejects.toMatchObject({
      ...{ code: 'BAD_REWARD', cause },
      message: 'rewards: broken: division by zero; it was given the response "x" to prompt p, "Why?"',
    })
    expect(log).toEqual(['a begins'])
  })

  it('says which reward gives what is no score for each response, and where it stands', async () => {
    const gives = (scores: readonly number[]): RewardFunction => ({
      ...{ name: 'own', origin: { place: 'run.yaml:12: policy.rewards[1]', type: 'function' } },
      score: async () => ({ scores }),
    })
    const score = (reward: RewardFunction) => scoreRollouts([reward], [rolloutOf('x'), rolloutOf('y')])
    await expect(score(gives([1]))).rejects.toThrow(
      'run.yaml:12: policy.rewards[1]: own (type function): gave 1 scores of 2 responses',
    )
    await expect(score(gives([1, Number.POSITIVE_INFINITY]))).rejects.toThrow(
      'own (type function): expected a number, or NaN for none, got Infinity for the response "y" to prompt p, "Why?"',
    )
    // What it says whatever the types say.
    await expect(score(gives(undefined as never))).rejects.toThrow('gave no list of scores, but undefined,')
  })

  it('counts what none has a score for, and throws where that is all', async () => {
    const some = functionReward('some', ({ text }) => (text === 'x' ? undefined : 3))
    const { rollouts, metrics } = await scoreRollouts(
      [some],
      ['x', 'y', 'z'].map((text) => rolloutOf(text)),
    )
    expect(rollouts.map(({ reward }) => reward)).toEqual([Number.NaN, 3, 3])
    expect(metrics).toEqual({
      ...{ 'rewards/some/mean': 3, 'rewards/some/std': 0, reward: 3, reward_std: 0, 'rewards/unscored': 1 },
    })
    const message = 'rewards: none gave a score for any of 1 responses'
    await expect(scoreRollouts([some], [rolloutOf('x')])).rejects.toMatchObject({
      code: 'BAD_REWARD',
      message,
    })
  })

  it('throws the reason of who stops it', async () => {
    const reason = new Error('enough')
    const stopped = scoreRollouts([waiting('a', [])], [rolloutOf('x')], AbortSignal.abort(reason))
    await expect(stopped).rejects.toBe(reason)
  })
})

describe('rewards of a policy', () => {
  const settings = {
    ...{ steps: 2, promptsPerStep: 2, samplesPerPrompt: 4, learningRate: 3e-3 },
    sampling: { maxNewTokens: 12 },
  }

  it('compose: each is logged on its own, and the sum of all by their weights is learnt from', async () => {
    const { policy, prompts } = await storyPolicy()
    const rewards = [
      lexiconReward({ plus: ['she', 'he', 'they'], weight: 2 }),
      perTokenReward({ penalty: 0.01 }),
      repetitionReward({ ngramSize: 2 }),
      functionReward('short', ({ text }) => (text.includes('.') ? 1 : undefined)),
      goldenReward(lexiconReward({ plus: ['she'] })),
    ]
    const all: StepMetrics[] = []
    for await (const { metrics, rollouts } of grpo({
      ...settings,
      policy,
      prompts: prompts(['The sun', 'Tom had']),
      rewards,
    })) {
      all.push(metrics)
      for (const { reward, rewards: own } of rollouts!) {
        const short = Number.isNaN(own.short) ? 0 : own.short!
        expect(reward).toBeCloseTo(2 * own.lexicon! + own.perToken! + own.repetition! + short, 12)
      }
    }
    await policy.release()
    for (const metrics of all) {
      const names = ['lexicon', 'perToken', 'repetition', 'golden'].flatMap((name) => [
        `rewards/${name}/mean`,
        `rewards/${name}/std`,
      ])
      expect(Object.keys(metrics)).toEqual(expect.arrayContaining([...names, 'reward', 'reward_std']))
      // Tokens are counted by both.
      expect(metrics['rewards/perToken/mean']).toBeCloseTo(-0.01 * metrics['completions/mean_length']!, 12)
    }
  })

  it('end a step with an error that names the one that fails', async () => {
    const { policy, prompts } = await storyPolicy()
    const broken = functionReward('broken', ({ text }) => {
      throw new RangeError(`cannot read ${text.length > 0 ? 'this' : 'that'}`)
    })
    const rewards = [lexiconReward({ plus: ['she'] }), broken]
    const steps = grpo({ ...settings, policy, prompts: prompts(['The sun']), rewards })
    await expect(steps.next()).rejects.toThrow('rewards: broken: cannot read this')
    await policy.release()
  })
})
