import { expect, it } from 'vitest'
import type { Rollout } from '../rollouts/rollout'
import type { PairwiseScorer } from './scorers'
import { winRateReward } from './win-rate-reward'

const rollout = (prompt: string, sample: number, text: string): Rollout => ({
  ...{ prompt: { id: prompt, text: prompt, tokens: [1] }, sample, text, tokens: [2] },
  ...{ finishReason: 'stop', logProbs: Float32Array.of(-1), samplingLogProbs: Float32Array.of(-1) },
})

/** Later letters win by 0.8, and what is shown first has 0.1 more than it should. */
const scorer = {
  firstWins: async (pairs: readonly { first: { text: string }; second: { text: string } }[]) =>
    pairs.map(({ first, second }) => (first.text > second.text ? 0.8 : 0.2) + 0.1),
}

it('is the mean probability to beat the others, in both orders', async () => {
  const rollouts = [
    ...[rollout('p', 0, 'a'), rollout('p', 1, 'c'), rollout('p', 2, 'b')],
    ...[rollout('p', 0, 'd'), rollout('p', 1, 'a')],
  ]
  const { scores } = await winRateReward({ scorer }).score(rollouts)
  // The favour of the first place cancels out; the same prompt drawn anew is another group.
  const expected = [0.2, 0.8, 0.5, 0.8, 0.2]
  scores.forEach((score, i) => {
    expect(Math.abs(score - expected[i]!)).toBeLessThan(1e-12)
  })
})

it('refuses what cannot be compared', async () => {
  const reward = winRateReward({ scorer })
  await expect(reward.score([rollout('p', 0, 'a')])).rejects.toThrow(
    /at least 2 responses to a prompt, got 1 to p/,
  )
  const few = winRateReward({ scorer: { firstWins: async () => [0.5] } })
  const two = [rollout('p', 0, 'a'), rollout('p', 1, 'b')]
  await expect(few.score(two)).rejects.toThrow(/expected 2 probabilities, one for each pair, got 1/)
  for (const wrong of [1.7, -0.1]) {
    const unsure = winRateReward({ scorer: { firstWins: async () => [0.5, wrong] } })
    await expect(unsure.score(two)).rejects.toMatchObject({ code: 'BAD_REWARD' })
  }
})

it('leaves out comparisons without an answer, and says how many', async () => {
  const rollouts = [rollout('p', 0, 'a'), rollout('p', 1, 'c'), rollout('p', 2, 'b'), rollout('p', 3, 'z')]
  const silent: PairwiseScorer = {
    firstWins: async (pairs) =>
      pairs.map(({ first, second }) =>
        `${first.text}${second.text}`.includes('z') || (first.text === 'a' && second.text === 'b')
          ? Number.NaN
          : Number(first.text > second.text),
      ),
  }
  const { scores, metrics } = await winRateReward({ scorer: silent }).score(rollouts)
  expect(scores).toEqual([0, 1, 0, Number.NaN])
  expect(metrics!.failed).toBeCloseTo(4 / 6, 12)
})
