import { completionDatum, type LossFunction } from '@prefkit/lm'
import { add, div, mul, neg, reduceSum, stopGradient, sub } from '@prefkit/tensor'
import { expect, it } from 'vitest'
import type { RewardFunction } from '../rewards/reward-function'
import { pairwiseFromPointwise } from '../rewards/scorers'
import { winRateReward } from '../rewards/win-rate-reward'
import { sharedStory } from '../testing/shared-story'
import { recorded, runOf, shareOfOs, startsOfStories } from '../testing/story-contests'
import { type NashMdOptions, nashMd } from './nash-md'

const story = await sharedStory()

const scorer = pairwiseFromPointwise({
  scores: async (responses) => responses.map(({ response }) => 20 * shareOfOs(response.text)),
})
const os: RewardFunction = {
  name: 'os',
  score: async (rollouts) => ({ scores: rollouts.map(({ text }) => 20 * shareOfOs(text)) }),
}

const run = (options: Partial<NashMdOptions> = {}) =>
  runOf(
    nashMd({
      ...{ policy: story.policy, prompts: story.prompts(startsOfStories), rewards: [os] },
      ...{ sampling: { maxNewTokens: 12 }, steps: 6, promptsPerStep: 9, learningRate: 2e-3 },
      ...options,
    }),
  )

it('learns to beat a mixture, and goes on from a state exactly', async () => {
  const { metrics, states } = await run({ loss: { beta: 0.01 } })
  const mean = (of: typeof metrics) => of.reduce((sum, each) => sum + each['rewards/os/mean']!, 0) / of.length
  expect(mean(metrics.slice(4))).toBeGreaterThan(mean(metrics.slice(0, 2)) + 0.2)
  for (const each of metrics) {
    expect(each['rewards/chosen']).toBe(each.reward)
    expect(each['objective/kl']).toBe(each['loss/kl'])
  }
  // Nothing was learnt yet: log-probabilities are equal, but for the rounding of passes.
  expect(Math.abs(metrics[0]!['loss/kl']!)).toBeLessThan(1e-4)
  const rest = await run({ loss: { beta: 0.01 }, resume: states[2]! })
  expect(rest.metrics).toEqual(metrics.slice(3))
})

it('draws the other response from the mixture that is asked for', async () => {
  const asked: unknown[] = []
  const { source } = recorded(story.policy)
  const rollouts = {
    ...source,
    draw: (request: Parameters<typeof source.draw>[0]) => {
      asked.push([request.reference, request.n, request.seed])
      return source.draw(request)
    },
  }
  await run({ rollouts, mixture: 0.25, steps: 1, seed: 0 })
  // Each with random numbers of its own: they are one model until the first update.
  expect(asked).toEqual([
    [undefined, 1, 0],
    [0.25, 1, -1],
  ])
})

const probabilities = { rewards: [winRateReward({ scorer })], rewardsAre: 'probabilities' } as const

it.each([
  ['scores', {}],
  ['probabilities of a pairwise model', probabilities],
  ["TRL's penalty", { loss: { beta: 0.3, convention: 'trl' } }],
] as const)('updates by the gradient of the preference and the penalty: %s', async (_, options) => {
  const { source, drawn } = recorded(story.policy)
  const [beta, temperature] = [0.3, 0.8]
  const settings = { loss: { beta }, ...options, sampling: { maxNewTokens: 12, temperature } }
  const { metrics, states } = await run({ ...settings, rollouts: source, steps: 2 })
  await story.policy.restore(states[0]!.trainings.policy!)
  const [own, other] = drawn.slice(2) as [(typeof drawn)[0], (typeof drawn)[0]]
  const rows = own.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const reference = await story.policy.forward(rows, { reference: true, temperature })
  const data = rows.map((row, i) => {
    const ahead = 20 * (shareOfOs(own[i]!.text) - shareOfOs(other[i]!.text))
    return { ...row, inputs: { reference: reference[i]!.logProbs, preference: 1 / (1 + Math.exp(-ahead)) } }
  })
  const isTrl = 'loss' in options
  const expected: LossFunction = ({ logProbs, inputs, totals }) => {
    const summed = (x: typeof logProbs) => reduceSum(x, { axis: 1 })
    const ratios = stopGradient(sub(logProbs, inputs.reference!))
    const penalty = isTrl ? summed(mul(ratios, logProbs)) : mul(summed(ratios), summed(logProbs))
    const losses = add(mul(beta, penalty), neg(mul(sub(inputs.preference!, 0.5), summed(logProbs))))
    return { loss: div(reduceSum(losses), totals.rows) }
  }
  const { loss } = await story.policy.forwardBackward(data, expected, { temperature })
  const { gradNorm } = await story.policy.optimStep({ learningRate: 2e-3 })
  expect(Math.abs(metrics[1]!.loss! - loss)).toBeLessThan(1e-5 * (1 + Math.abs(loss)))
  expect(Math.abs(metrics[1]!.grad_norm! / gradNorm - 1)).toBeLessThan(1e-4)
  expect(metrics[1]!['rewards/probabilities']).toBeCloseTo(
    data.reduce((sum, { inputs }) => sum + inputs.preference, 0) / data.length,
    5,
  )
})

it('learns nothing from responses without a reward', async () => {
  const rewards: RewardFunction[] = [
    { name: 'some', score: async (all) => ({ scores: all.map((_, i) => (i % 2 ? 1 : Number.NaN)) }) },
  ]
  const { metrics } = await run({ rewards, steps: 1 })
  expect(metrics[0]).toMatchObject({ 'rewards/unscored': 9, learning_rate: 2e-3 })
  expect(metrics[0]).not.toHaveProperty('loss')
  expect(metrics[0]).not.toHaveProperty('reward')
})

it('refuses what is no mixture, no probability, and no option', async () => {
  await expect(run({ mixture: 1.5 })).rejects.toThrow(
    /^nashMd: mixture: expected a number from 0 to 1, got 1.5/,
  )
  await expect(run({ rewardsAre: 'odds' as 'scores' })).rejects.toThrow(/expected 'scores' or .* got "odds"/)
  await expect(run({ rewardsAre: 'probabilities' })).rejects.toMatchObject({ code: 'BAD_REWARD' })
  await expect(run({ rewardsAre: 'probabilities' })).rejects.toThrow(
    /sum to 1.* take 'scores' for others; got/,
  )
  await expect(run({ loss: { beta: -1 } })).rejects.toThrow(/beta: .* got -1/)
})
