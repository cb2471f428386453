import type { LossFunction } from '@prefkit/lm'
import { completionDatum } from '@prefkit/lm'
import { add, div, mul, neg, reduceSum, reshape, softplus, sub } from '@prefkit/tensor'
import { expect, it } from 'vitest'
import type { RewardFunction } from '../rewards/reward-function'
import { pairwiseFromPointwise } from '../rewards/scorers'
import { winRateReward } from '../rewards/win-rate-reward'
import { sharedStory } from '../testing/shared-story'
import { recorded, runOf, shareOfOs, startsOfStories } from '../testing/story-contests'
import { type XpoOptions, xpo } from './xpo'

const story = await sharedStory()

const scorer = pairwiseFromPointwise({
  scores: async (responses) => responses.map(({ response }) => 20 * shareOfOs(response.text)),
})

const run = (options: Partial<XpoOptions> = {}) =>
  runOf(
    xpo({
      ...{
        policy: story.policy,
        prompts: story.prompts(startsOfStories),
        rewards: [winRateReward({ scorer })],
      },
      ...{ sampling: { maxNewTokens: 12 }, steps: 6, promptsPerStep: 6, learningRate: 2e-3 },
      ...options,
    }),
  )

it('learns to beat its reference, and goes on from a state exactly', async () => {
  const { metrics, states } = await run()
  const wins = metrics.map((each) => each['rewards/winRate/mean']!)
  // Of the policy's responses alone: those of both are ½ in the mean.
  expect((wins[4]! + wins[5]!) / 2).toBeGreaterThan(0.6)
  for (const each of metrics) {
    expect(each.reward).toBe(each['objective/model_scores'])
    expect(each['objective/model_scores']! + each['objective/ref_scores']!).toBeCloseTo(1, 12)
    const margin = each['objective/model_scores']! - each['objective/ref_scores']!
    expect(each['objective/scores_margin']).toBeCloseTo(margin, 12)
  }
  // Nothing was learnt yet: the two are as one, and so are their log-probabilities, but for the rounding of passes.
  expect(Math.abs(metrics[0]!['loss/dpo']! - Math.LN2)).toBeLessThan(2e-6)
  const rest = await run({ resume: states[2]! })
  expect(rest.metrics).toEqual(metrics.slice(3))
})

it('updates by the gradient of DPO and of what the reference drew', async () => {
  const { source, drawn } = recorded(story.policy)
  const [beta, alpha] = [0.3, 0.05]
  const { metrics, states, rollouts } = await run({ rollouts: source, steps: 2, loss: { beta, alpha } })
  await story.policy.restore(states[0]!.trainings.policy!)
  // Of the second step: π and π_ref differ.
  const [own, other] = drawn.slice(2) as [(typeof drawn)[0], (typeof drawn)[0]]
  expect(rollouts[1]!.map(({ tokens }) => tokens)).toEqual(own.map(({ tokens }) => tokens))
  const contests = own
    .map((each, i) => ({ each, against: other[i]! }))
    .filter(({ each, against }) => shareOfOs(each.text) !== shareOfOs(against.text))
  const rows = contests.flatMap(({ each, against }) =>
    [each, against].map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens)),
  )
  const reference = await story.policy.forward(rows, { reference: true })
  const told = await story.policy.forward(rows)
  const data = rows.map((row, i) => {
    const { each, against } = contests[Math.floor(i / 2)]!
    const better = shareOfOs(each.text) > shareOfOs(against.text) ? 1 : -1
    return { ...row, inputs: { reference: reference[i]!.logProbs, better } }
  })
  const expected: LossFunction = ({ logProbs, inputs, totals }) => {
    const ahead = reshape(reduceSum(sub(logProbs, inputs.reference!), { axis: 1 }), [-1, 2])
    const margins = mul(
      reduceSum(mul(ahead, [1, -1]), { axis: 1 }),
      reduceSum(mul(reshape(inputs.better!, [-1, 2]), 0.5), { axis: 1 }),
    )
    const others = reduceSum(mul(reshape(reduceSum(logProbs, { axis: 1 }), [-1, 2]), [0, 1]), { axis: 1 })
    const losses = add(softplus(neg(mul(beta, margins))), mul(alpha, others))
    return { loss: div(reduceSum(losses), div(totals.rows, 2)) }
  }
  const { loss } = await story.policy.forwardBackward(data, expected, { groupSize: 2 })
  const { gradNorm } = await story.policy.optimStep({ learningRate: 2e-3 })
  expect(metrics[1]!.loss).toBeCloseTo(loss, 5)
  expect(Math.abs(metrics[1]!.grad_norm! / gradNorm - 1)).toBeLessThan(1e-4)
  const said = await story.policy.forward(rows)
  await story.policy.restore(states[1]!.trainings.policy!)
  const learnt = await story.policy.forward(rows)
  // Those that make no pair are not learnt from.
  const ratios = contests.map((_, i) => {
    const [now, first] = [told[2 * i]!.logProbs, reference[2 * i]!.logProbs]
    return now.reduce((sum, each, k) => sum + each - first[k]!, 0) / now.length
  })
  const divergence = ratios.reduce((sum, each) => sum + each, 0) / ratios.length
  expect(Math.abs(divergence)).toBeGreaterThan(1e-3)
  expect(metrics[1]!.kl).toBeCloseTo(divergence, 5)
  // The two losses sum in other orders, and Adam divides gradients near 0 by themselves.
  const far = said.map(({ logProbs }, i) =>
    logProbs.map((each, k) => Math.abs(each - learnt[i]!.logProbs[k]!)),
  )
  expect(Math.max(...far.flatMap((row) => [...row]))).toBeLessThan(1e-4)
})

it('learns nothing from two responses that are equally good, or have no reward', async () => {
  for (const score of [1, Number.NaN]) {
    const rewards: RewardFunction[] = [
      { name: 'flat', score: async (all) => ({ scores: all.map((_, i) => (i < 2 ? 1 : score)) }) },
    ]
    const { metrics } = await run({ rewards, steps: 1 })
    expect(metrics[0]).toMatchObject({ frac_reward_zero_std: 1, 'objective/scores_margin': 0 })
    expect(metrics[0]).not.toHaveProperty('loss')
  }
})

it('refuses options that the loss has not, before anything is drawn', async () => {
  await expect(run({ loss: { alpha: -1 } })).rejects.toThrow(/alpha: .* got -1/)
  await expect(run({ promptsPerStep: 0 })).rejects.toThrow(
    /^xpo: promptsPerStep: expected a whole number ≥ 1/,
  )
})
